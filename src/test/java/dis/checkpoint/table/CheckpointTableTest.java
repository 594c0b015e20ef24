package dis.checkpoint.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dis.checkpoint.auth.AccessKey;
import dis.checkpoint.dev.DynamoDbLocal;
import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Checkpoint;
import dis.checkpoint.domain.CheckpointKey;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.PartitionId;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.DisException;
import dis.checkpoint.request.Deadline;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.CheckpointBuilder;
import dis.checkpoint.support.EmbeddedServices;
import dis.checkpoint.support.Manual;
import dis.checkpoint.support.TableProxy;
import dis.checkpoint.support.TableProxy.Fault;
import dis.checkpoint.table.CheckpointTable.Submitted.Outdated;
import dis.checkpoint.table.CheckpointTable.Submitted.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The tables, called directly. */
class CheckpointTableTest {

    private static final Duration TIME = Duration.ofSeconds(5);

    private static DynamoDbLocal local;
    private static TableProxy proxy;
    private static CheckpointTable table;
    private static AccessKeyTable keys;

    private final Consumer consumer =
            new Consumer(new ProjectId("project"), new StreamName("stream"), new AppName(Api.newApp()));
    private final CheckpointKey key = consumer.partition(new PartitionId(7));

    @BeforeAll
    static void start() throws Exception {
        local = DynamoDbLocal.inMemory();
        local.createTable(EmbeddedServices.TABLE);
        local.createAccessKeyTable(EmbeddedServices.ACCESS_KEYS);
        proxy = new TableProxy(local.endpoint());
        table = Tables.checkpoints(proxy.endpoint());
        keys = Tables.accessKeys(proxy.endpoint());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        local.close();
    }

    @AfterEach
    void endFaults() {
        proxy.recover();
    }

    private static Deadline deadline() {
        return Deadline.in(TIME);
    }

    private static Checkpoint checkpoint(long number, Long generation) {
        return CheckpointBuilder.checkpoint(number).generation(generation).build();
    }

    /** Rules R1 to R4, on both sides of each. */
    @ParameterizedTest
    @CsvSource({
        ", , 0, , true, 0,",
        ", , 0, 5, true, 0, 5",
        ", , 0, -1, true, 0,",
        "7, , 6, , false, 7,",
        "7, , 7, , true, 7,",
        "7, , 8, , true, 8,",
        "9, , 10, , true, 10,",
        "7, , 8, 0, true, 8, 0",
        "7, , 8, -1, true, 8,",
        "7, 3, 8, , true, 8, 3",
        "7, 3, 6, , false, 7, 3",
        "7, 3, 8, 2, false, 7, 3",
        "7, 3, 8, 3, true, 8, 3",
        "7, 3, 7, 4, true, 7, 4",
        "7, 3, 6, 4, false, 7, 3",
        "7, 0, 8, -1, false, 7, 0",
        "7, 9223372036854775807, 8, , true, 8, 9223372036854775807",
        "7, 9223372036854775807, 8, 9223372036854775806, false, 7, 9223372036854775807",
        "9223372036854775806, , 9223372036854775807, , true, 9223372036854775807,",
        "9223372036854775807, , 9223372036854775806, , false, 9223372036854775807,"
    })
    void conditionalWriteFollowsRules1To4(
            Long storedNumber,
            Long storedGeneration,
            long number,
            Long generation,
            boolean isStored,
            long numberThen,
            Long generationThen) {
        if (storedNumber != null) {
            table.submit(key, checkpoint(storedNumber, storedGeneration), deadline());
        }
        CheckpointTable.Submitted submitted = table.submit(key, checkpoint(number, generation), deadline());
        Checkpoint then = checkpoint(numberThen, generationThen);
        assertThat(submitted, is(isStored ? new Stored() : new Outdated(then)));
        assertThat(table.find(key, deadline()), is(Optional.of(then)));
    }

    @Test
    void submittedCheckpointIsFound() {
        Checkpoint first = CheckpointBuilder.checkpoint(1)
                .metadata("here")
                .generation(3L)
                .clientId("the first client")
                .build();
        table.submit(key, first, deadline());
        assertThat(table.find(key, deadline()), is(Optional.of(first)));
        assertThat(
                "attributes that api.md lists",
                Manual.rows("api.md", "The table").keySet(),
                is(item().keySet()));
        assertThat(
                Instant.parse(item().get(StoredItem.UPDATED_AT).s())
                        .isAfter(Instant.now().minus(Duration.ofMinutes(1))),
                is(true));
        table.submit(key, checkpoint(1, 3L), deadline());
        assertThat("without a client", table.find(key, deadline()), is(Optional.of(checkpoint(1, 3L))));
    }

    /** So that texts sort as times do: {@link Instant#toString} would leave out the zeros of a whole second. */
    @ParameterizedTest
    @CsvSource({
        "2026-12-01T08:00:00Z, 2026-12-01T08:00:00.000Z",
        "2026-12-01T08:00:00.120Z, 2026-12-01T08:00:00.120Z",
        "2026-12-01T08:00:00.999999999Z, 2026-12-01T08:00:00.999Z"
    })
    void timeIsStoredWithThreeDigitsOfMilliseconds(Instant time, String stored) {
        assertThat(StoredCheckpoint.timestamp(time), is(stored));
    }

    private List<StoredCheckpoint> list(Long after, int pageSize, int max) {
        List<StoredCheckpoint> list = new ArrayList<>();
        table.list(
                consumer,
                Optional.ofNullable(after).map(PartitionId::new),
                pageSize,
                stored -> list.add(stored) && list.size() < max,
                deadline());
        return list;
    }

    private static List<Long> partitions(List<StoredCheckpoint> list) {
        return list.stream().map(stored -> stored.partition().number()).toList();
    }

    /** Pages of one, two, and all items. The table's own pages hold 30 items. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1_001})
    void listHoldsEachCheckpointInTheOrderOfPartitions(int pageSize) {
        Checkpoint first = checkpoint(1, 3L);
        for (long partition : new long[] {9_999_999_999L, 10, 9, 0}) {
            table.submit(consumer.partition(new PartitionId(partition)), first, deadline());
        }
        List<StoredCheckpoint> all = list(null, pageSize, Integer.MAX_VALUE);
        assertThat(partitions(all), is(List.of(0L, 9L, 10L, 9_999_999_999L)));
        for (StoredCheckpoint stored : all) {
            assertThat(stored.checkpoint(), is(first));
            assertThat(stored.updatedAt().orElseThrow().isAfter(Instant.now().minus(Duration.ofMinutes(1))), is(true));
        }
        assertThat(partitions(list(9L, pageSize, Integer.MAX_VALUE)), is(List.of(10L, 9_999_999_999L)));
        assertThat(partitions(list(5L, pageSize, 2)), is(List.of(9L, 10L)));
        assertThat(list(9_999_999_999L, pageSize, Integer.MAX_VALUE), is(List.of()));
    }

    @Test
    void listGoesOnOverAllPagesOfTheTable() {
        List<Long> numbers = LongStream.range(0, 61).boxed().toList();
        numbers.forEach(
                number -> table.submit(consumer.partition(new PartitionId(number)), checkpoint(1, null), deadline()));
        assertThat(partitions(list(null, 1_001, Integer.MAX_VALUE)), is(numbers));
        assertThat(list(null, 1_001, 31), hasSize(31));
    }

    @Test
    void listLeavesOutItemsThatAreNoCheckpoints() {
        put(Map.of("metadata", AttributeValue.fromS("m")));
        Map<String, AttributeValue> foreign = new HashMap<>(itemKey());
        foreign.put(CheckpointTable.CHECKPOINT, AttributeValue.fromS("LAST_READ/7"));
        foreign.put("sequence_number", AttributeValue.fromN("1"));
        local.client()
                .putItem(request -> request.tableName(EmbeddedServices.TABLE).item(foreign));
        assertThat(list(null, 1_001, Integer.MAX_VALUE), is(List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "sequence_number, N, 42.5, an integer from 0 to 9223372036854775807",
        "updated_at, N, 7, a text",
        "updated_at, S, yesterday, a time in ISO 8601"
    })
    void malformedItemFailsTheList(String attribute, String type, String value, String kind) {
        put(Map.of("sequence_number", AttributeValue.fromN("42")));
        assertThat(list(null, 1_001, 1).get(0).updatedAt(), is(Optional.empty()));
        put(Map.of(attribute, type.equals("N") ? AttributeValue.fromN(value) : AttributeValue.fromS(value)));
        DisException bug = assertThrows(DisException.class, () -> list(null, 1_001, 1));
        assertThat(bug.error(), is(DisError.BUG));
        assertThat(bug.diagnosis().orElseThrow(), endsWith("LAST_READ/0000000007 is not " + kind));
    }

    private Map<String, AttributeValue> item() {
        return local.client()
                .getItem(request -> request.tableName(EmbeddedServices.TABLE).key(itemKey()))
                .item();
    }

    private Map<String, AttributeValue> itemKey() {
        return Map.of(
                CheckpointTable.CONSUMER,
                AttributeValue.fromS("project/stream/" + consumer.app().value()),
                CheckpointTable.CHECKPOINT,
                AttributeValue.fromS("LAST_READ/0000000007"));
    }

    @Test
    void deleteRemovesOnePartitionOnly() {
        CheckpointKey other = consumer.partition(new PartitionId(8));
        table.submit(key, checkpoint(1, null), deadline());
        table.submit(other, checkpoint(1, null), deadline());
        table.delete(key, deadline());
        assertThat(table.find(key, deadline()), is(Optional.empty()));
        assertThat(table.find(other, deadline()), is(Optional.of(checkpoint(1, null))));
        table.delete(key, deadline());
    }

    /** One batch holds 25 deletions, and a page of the proxy 30 keys. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 25, 26, 30, 31, 61})
    void deleteAllRemovesAndCountsAllPartitions(int number) {
        IntStream.range(0, number)
                .mapToObj(PartitionId::new)
                .forEach(partition -> table.submit(consumer.partition(partition), checkpoint(1, null), deadline()));
        Consumer lookAlike = new Consumer(
                consumer.project(),
                consumer.stream(),
                new AppName(consumer.app().value() + "-0"));
        table.submit(lookAlike.partition(new PartitionId(0)), checkpoint(1, null), deadline());
        assertThat(table.deleteAll(consumer, deadline()), is(number));
        assertThat(table.deleteAll(consumer, deadline()), is(0));
        assertThat(table.deleteAll(lookAlike, deadline()), is(1));
    }

    @Test
    void unprocessedDeletionsAreRetried() {
        table.submit(key, checkpoint(1, null), deadline());
        failFor(2, Fault.UNPROCESSED);
        assertThat(table.deleteAll(consumer, deadline()), is(1));
        proxy.recover();
        assertThat(table.find(key, deadline()), is(Optional.empty()));
    }

    /** Lets the query pass, which is the first request, and then fails so many requests. */
    private static void failFor(int requests, Fault fault) {
        AtomicInteger number = new AtomicInteger();
        proxy.failWith(() -> {
            int before = number.getAndIncrement();
            return before == 0 || before > requests ? Fault.NONE : fault;
        });
    }

    @Test
    void unprocessedDeletionsAtTheDeadlineAreTrafficLimit() {
        table.submit(key, checkpoint(1, null), deadline());
        failFor(Integer.MAX_VALUE, Fault.UNPROCESSED);
        Deadline deadline = Deadline.in(Duration.ofSeconds(1));
        DisException outage = assertThrows(DisException.class, () -> table.deleteAll(consumer, deadline));
        assertThat(outage.error(), is(DisError.TRAFFIC_LIMIT));
        assertThat(
                outage.diagnosis().orElseThrow(),
                is("table checkpoints in eu-central-1 left deletions unprocessed until the time was up"));
        assertThat("in time", deadline.remaining().isNegative(), is(false));
    }

    /** The calls run at the same time because each waits for its retries. */
    private void requireFailureOfEachCall(DisError error, String diagnosis) throws Exception {
        List<Executable> calls = List.of(
                () -> table.submit(key, checkpoint(2, null), deadline()),
                () -> table.find(key, deadline()),
                () -> table.delete(key, deadline()),
                () -> table.deleteAll(consumer, deadline()),
                () -> list(null, 1_001, 1),
                () -> table.connect(deadline()),
                () -> keys.find("AKEXAMPLE123", deadline()),
                () -> keys.connect(deadline()));
        ExecutorService callers = Executors.newFixedThreadPool(calls.size());
        try {
            List<Callable<DisException>> outages = calls.stream()
                    .<Callable<DisException>>map(call -> () -> assertThrows(DisException.class, call))
                    .toList();
            for (Future<DisException> answer : callers.invokeAll(outages)) {
                DisException outage = answer.get();
                assertThat(outage.error(), is(error));
                assertThat(outage.diagnosis().orElseThrow(), containsString(diagnosis));
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, TRAFFIC_LIMIT, refused: ProvisionedThroughputExceededException: injected",
        "CONFLICT, TRAFFIC_LIMIT, refused: TransactionConflictException: injected",
        "SERVER_ERROR, UNAVAILABLE, refused: InternalServerError: injected",
        "FOREIGN_EMPTY_OBJECT, UNAVAILABLE, did not answer: the answer lacks DynamoDB's request id",
        "CUT_BEHIND_REQUEST_ID, UNAVAILABLE, did not answer: the answer has neither a checksum nor a length",
        "CUT_IN_LENGTH, UNAVAILABLE, did not answer: the answer has neither a checksum nor a length",
        "FOREIGN_REFUSAL, UNAVAILABLE, did not answer: the answer lacks DynamoDB's request id",
        "FOREIGN_EMPTY_BODY, UNAVAILABLE, 'did not answer: '",
        "FOREIGN_NO_CONTENT, UNAVAILABLE, 'did not answer: '",
        "FOREIGN_HTML, UNAVAILABLE, 'did not answer: '",
        "CUT_SHORT, UNAVAILABLE, 'did not answer: '",
        "TORN_ANSWER, UNAVAILABLE, 'did not answer: '",
        "RESET_AFTER_APPLIED, UNAVAILABLE, (java.net.SocketException: Connection reset)",
        "RESET_BEFORE_APPLIED, UNAVAILABLE, (java.net.SocketException: Connection reset)"
    })
    void failureOfTheTableIsDiagnosed(Fault fault, DisError error, String diagnosis) throws Exception {
        proxy.failWith(() -> fault);
        requireFailureOfEachCall(error, diagnosis);
    }

    /** A write is answered with an empty object, so that only the answers to reads can lose anything. */
    @Test
    void emptiedAnswerToAReadIsUnavailable() {
        proxy.failWith(() -> Fault.EMPTIED);
        table.submit(key, checkpoint(7, null), deadline());
        requireUnavailable("did not answer: ", () -> table.find(key, deadline()));
        requireUnavailable("did not answer: ", () -> table.deleteAll(consumer, deadline()));
    }

    @Test
    void missingTableIsUnavailable() {
        proxy.failWith(() -> Fault.MISSING_TABLE);
        requireUnavailable("refused: ResourceNotFoundException", () -> table.find(key, deadline()));
    }

    private static void requireUnavailable(String diagnosis, Executable call) {
        DisException outage = assertThrows(DisException.class, call);
        assertThat(outage.error(), is(DisError.UNAVAILABLE));
        assertThat(outage.diagnosis().orElseThrow(), containsString(diagnosis));
    }

    /** The SDK counts in milliseconds: a limit of less than one would be none, and the call would go on for seconds. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 900, 19_000})
    void passedDeadlineAndTheLastMillisecondsBeforeItCauseNoRequest(long micros) {
        int before = proxy.requests();
        proxy.failWith(() -> Fault.HANG);
        DisException outage = assertThrows(
                DisException.class, () -> table.find(key, Deadline.in(Duration.of(micros, ChronoUnit.MICROS))));
        assertThat(outage.error(), is(DisError.UNAVAILABLE));
        assertThat(outage.diagnosis(), is(Optional.of("no time was left for the table")));
        assertThat(proxy.requests(), is(before));
    }

    @Test
    void callEndsAtTheDeadline() {
        proxy.failWith(() -> Fault.HANG);
        DisException outage =
                assertThrows(DisException.class, () -> table.find(key, Deadline.in(Duration.ofMillis(300))));
        // By itself an attempt takes a second, and a call three attempts.
        assertThat(outage.diagnosis().orElseThrow(), matchesPattern(".*\\b[1-3]\\d\\d? millis.*"));
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSED_WITHOUT_ITEM, refused the write and left out the stored item",
        "REFUSED_WITH_KEY_ALONE, refused the write and left out sequence_number of the stored item"
    })
    void refusalWithoutTheStoredItemIsUnavailable(Fault fault, String diagnosis) {
        table.submit(key, checkpoint(7, null), deadline());
        proxy.failWith(() -> fault);
        DisException outage =
                assertThrows(DisException.class, () -> table.submit(key, checkpoint(6, null), deadline()));
        assertThat(outage.error(), is(DisError.UNAVAILABLE));
        assertThat(outage.diagnosis(), is(Optional.of("table checkpoints in eu-central-1 " + diagnosis)));
        assertThat(outage.awsRequestId(), is(not(Optional.empty())));
    }

    /** With a client of its own, because the SDK stops to retry after many failures. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "THROTTLED",
                "CONFLICT",
                "SERVER_ERROR",
                "RESET_BEFORE_APPLIED",
                "RESET_AFTER_APPLIED",
                "ANSWERED_LATE",
                "APPLIED_LATE"
            })
    void oneFaultIsRepairedByOneRetry(Fault fault) {
        CheckpointTable retrying = Tables.checkpoints(proxy.endpoint());
        int before = proxy.requests();
        proxy.failWith(() -> proxy.requests() == before ? fault : Fault.NONE);
        assertThat(retrying.submit(key, checkpoint(1, null), deadline()), is(instanceOf(Stored.class)));
        assertThat(proxy.requests(), is(before + 2));
        assertThat(table.find(key, deadline()), is(Optional.of(checkpoint(1, null))));
    }

    /** Values of another kind than the manual says, for each attribute that it lists. */
    static Stream<Arguments> malformedAttributes() {
        List<AttributeValue> noNumbers = Stream.concat(
                        Stream.of(AttributeValue.fromS("42"), AttributeValue.fromNul(true)),
                        Stream.of("42.5", "9223372036854775808", "1E125").map(AttributeValue::fromN))
                .toList();
        List<AttributeValue> noTexts = List.of(AttributeValue.fromN("7"), AttributeValue.fromNul(true));
        Map<String, String> rows = Manual.rows("api.md", "The table");
        rows.keySet().removeAll(List.of(CheckpointTable.CONSUMER, CheckpointTable.CHECKPOINT, StoredItem.UPDATED_AT));
        return rows.entrySet().stream().flatMap(row -> {
            boolean isNumber = row.getValue().split("\\|")[3].strip().equals("N");
            String kind = isNumber ? "an integer from 0 to 9223372036854775807" : "a text";
            return (isNumber ? noNumbers : noTexts).stream().map(value -> Arguments.of(row.getKey(), value, kind));
        });
    }

    @ParameterizedTest
    @MethodSource("malformedAttributes")
    void malformedItemIsABugAndStays(String attribute, AttributeValue value, String kind) {
        put(Map.of("sequence_number", AttributeValue.fromN("42")));
        put(Map.of(attribute, value));
        Map<String, AttributeValue> before = item();
        String diagnosis = "The attribute %s of the item with the key project/stream/%s, LAST_READ/0000000007 is not %s"
                .formatted(attribute, consumer.app().value(), kind);
        List<Executable> calls =
                List.of(() -> table.find(key, deadline()), () -> table.submit(key, checkpoint(7, null), deadline()));
        for (Executable call : calls) {
            DisException bug = assertThrows(DisException.class, call);
            assertThat(bug.error(), is(DisError.BUG));
            assertThat(bug.diagnosis(), is(Optional.of(diagnosis)));
        }
        assertThat(item(), is(before));
    }

    /** The condition of a write never fails because of a negative number, which is lower than each that is submitted. */
    @ParameterizedTest
    @ValueSource(strings = {"sequence_number", "generation_id"})
    void negativeNumberIsABugUntilASubmissionReplacesIt(String attribute) {
        put(Map.of("sequence_number", AttributeValue.fromN("0")));
        put(Map.of(attribute, AttributeValue.fromN("-1")));
        DisException bug = assertThrows(DisException.class, () -> table.find(key, deadline()));
        assertThat(bug.error(), is(DisError.BUG));
        assertThat(table.submit(key, checkpoint(0, 0L), deadline()), is(new Stored()));
        assertThat(table.find(key, deadline()), is(Optional.of(checkpoint(0, 0L))));
    }

    private void put(Map<String, AttributeValue> attributes) {
        Map<String, AttributeValue> item = new HashMap<>(itemKey());
        item.putAll(item());
        item.putAll(attributes);
        local.client()
                .putItem(request -> request.tableName(EmbeddedServices.TABLE).item(item));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "42.0, 42", "4.2E1, 42", "9223372036854775807, 9223372036854775807"})
    void numbersAreReadInAllSpellings(String spelled, long number) {
        put(Map.of("sequence_number", AttributeValue.fromN(spelled)));
        assertThat(table.find(key, deadline()), is(Optional.of(checkpoint(number, null))));
    }

    @Test
    void itemWithoutSequenceNumberIsIgnored() {
        put(Map.of("metadata", AttributeValue.fromS("m")));
        assertThat(table.find(key, deadline()), is(Optional.empty()));
        assertThat(table.submit(key, checkpoint(0, null), deadline()), is(new Stored()));
    }

    @Test
    void connectMakesOneRequestPerTable() {
        int before = proxy.requests();
        table.connect(deadline());
        keys.connect(deadline());
        assertThat(proxy.requests(), is(before + 2));
    }

    @Test
    void issuedAccessKeyIsFound() {
        AccessKey issued = new AccessKey("AKEXAMPLE123", "secret", new ProjectId("project-1"));
        local.issue(EmbeddedServices.ACCESS_KEYS, issued);
        AccessKeyTable.Item found = keys.find(issued.id(), deadline()).orElseThrow();
        assertThat(found, is(new AccessKeyTable.Item("secret", "project-1")));
        assertThat(found.toString(), is("access key of project project-1"));
        assertThat(keys.find("AKEXAMPLE124", deadline()), is(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "enabled, BOOL, false",
        "enabled, S, true",
        "enabled, , ",
        "secret, N, 7",
        "secret, , ",
        "project_id, N, 7",
        "project_id, , "
    })
    void editedAccessKeyIsIgnored(String attribute, String type, String value) {
        AccessKey issued = new AccessKey("AKEDITED" + "ABCDEFGH", "secret", new ProjectId("project-1"));
        local.issue(EmbeddedServices.ACCESS_KEYS, issued);
        Map<String, AttributeValue> item = new HashMap<>(local.client()
                .getItem(request -> request.tableName(EmbeddedServices.ACCESS_KEYS)
                        .key(Map.of(AccessKeyTable.ACCESS_KEY, AttributeValue.fromS(issued.id()))))
                .item());
        item.remove(attribute);
        if (type != null) {
            item.put(
                    attribute,
                    switch (type) {
                        case "BOOL" -> AttributeValue.fromBool(Boolean.valueOf(value));
                        case "N" -> AttributeValue.fromN(value);
                        default -> AttributeValue.fromS(value);
                    });
        }
        local.client()
                .putItem(request ->
                        request.tableName(EmbeddedServices.ACCESS_KEYS).item(item));
        assertThat(keys.find(issued.id(), deadline()), is(Optional.empty()));
    }
}
