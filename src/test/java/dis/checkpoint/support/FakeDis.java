package dis.checkpoint.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A stand-in for DIS on loopback: streams and apps, records and cursors of one stream, consumer groups, and checkpoints. As in
 * DIS, the last submission replaces the stored checkpoint, even by a lower number.
 */
public final class FakeDis implements AutoCloseable {

    public static final String STREAM = "newstream";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Checkpoint NO_CHECKPOINT = new Checkpoint("-1", "");

    private final List<List<String>> partitions = new ArrayList<>();
    private final Map<String, Group> groups = new HashMap<>();
    private final Map<String, Checkpoint> checkpoints = new HashMap<>();
    private final Set<String> otherStreams = new TreeSet<>();
    private final Map<Integer, Integer> firstRecords = new HashMap<>();
    private final Set<Integer> broken = new HashSet<>();
    private final Set<Integer> hanging = new HashSet<>();
    private boolean listsTheStart;
    private boolean losesSubmissions;
    private boolean answersMinusOne;
    private int throttled;
    private int callsUntilExpiry = Integer.MAX_VALUE;
    private long delayMillis;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpServer server;

    private record Checkpoint(String sequenceNumber, String metadata) {}

    private record Problem(String errorCode, String message) {}

    /**
     * @param body {@code null} for an empty answer
     */
    private record Answer(int status, Object body) {}

    /** The members of an app in their order, and the number of changes of them. */
    private static final class Group {

        private final Map<String, JsonNode> members = new TreeMap<>();
        private long generation;
    }

    /**
     * @param partitions number of the partitions of {@link #STREAM}, all of them empty
     */
    public FakeDis(int partitions) throws IOException {
        IntStream.range(0, partitions).forEach(partition -> this.partitions.add(new ArrayList<>()));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Appends records to a partition, whose first record has the sequence number 0. */
    public synchronized void append(int partition, String... data) {
        partitions.get(partition).addAll(List.of(data));
    }

    /** Deletes the oldest records of a partition: the first record that is left has this number. */
    public synchronized void expire(int partition, int first) {
        firstRecords.put(partition, first);
    }

    /** Adds a stream with the same number of partitions and no records. */
    public synchronized void addStream(String stream) {
        otherStreams.add(stream);
    }

    /** Stores a checkpoint of an app on {@link #STREAM}. */
    public void commit(String app, int partition, String sequenceNumber, String metadata) {
        commit(STREAM, app, partition, sequenceNumber, metadata);
    }

    public synchronized void commit(String stream, String app, int partition, String sequenceNumber, String metadata) {
        checkpoints.put(key(stream, app, partition), new Checkpoint(sequenceNumber, metadata));
    }

    /** The stored sequence number, or {@code -1}, a blank, and the metadata. */
    public synchronized String kept(String app, int partition) {
        Checkpoint checkpoint = checkpoint(STREAM, app, partition);
        return checkpoint.sequenceNumber() + ' ' + checkpoint.metadata();
    }

    /** From now on, a query of the checkpoint of the partition is answered 500. */
    public synchronized void breakPartition(int partition) {
        broken.add(partition);
    }

    public synchronized void mendPartition(int partition) {
        broken.remove(partition);
    }

    /** From now on, a query of the checkpoint of the partition gets no answer before this stand-in is closed. */
    public synchronized void hangPartition(int partition) {
        hanging.add(partition);
    }

    /** From now on, submissions are answered 201 and not stored. */
    public synchronized void loseSubmissions() {
        losesSubmissions = true;
    }

    /** From now on, queries of checkpoints are answered -1, as by a router that sends them to an empty function. */
    public synchronized void answerMinusOne() {
        answersMinusOne = true;
    }

    /** The next calls are answered 429 with a Retry-After of one second. */
    public synchronized void throttle(int calls) {
        throttled = calls;
    }

    /** After this number of calls, the token is answered 401. */
    public synchronized void expireTokenAfter(int calls) {
        callsUntilExpiry = calls;
    }

    /** From now on, each answer takes this time longer. */
    public synchronized void delay(Duration time) {
        delayMillis = time.toMillis();
    }

    /**
     * From now on, lists of partitions begin with the partition that the request names, as the older reference has it. By
     * default they begin after it, as the newer reference has it.
     */
    public synchronized void listFromTheStartItself() {
        listsTheStart = true;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = MAPPER.readTree(exchange.getRequestBody());
            pause(exchange.getRequestURI());
            Answer answer = isKnown(exchange.getRequestHeaders().getFirst("X-Auth-Token"))
                    ? answer(exchange.getRequestMethod(), exchange.getRequestURI(), body)
                    : error(401, "DIS.4114");
            if (answer.status() == 429) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            byte[] bytes = answer.body() == null ? new byte[0] : MAPPER.writeValueAsBytes(answer.body());
            exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void pause(URI address) throws IOException {
        long millis;
        synchronized (this) {
            String partition = query(address.getRawQuery()).getOrDefault("partition_id", "");
            boolean hangs = address.getPath().endsWith("/checkpoints")
                    && !partition.isEmpty()
                    && hanging.contains(number(partition));
            millis = hangs ? Duration.ofMinutes(10).toMillis() : delayMillis;
        }
        try {
            if (millis > 0 && closed.await(millis, TimeUnit.MILLISECONDS)) {
                throw new IOException("closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private synchronized boolean isKnown(String token) {
        return callsUntilExpiry-- > 0 && Api.TOKEN.equals(token);
    }

    private synchronized Answer answer(String method, URI address, JsonNode body) {
        String[] path = Arrays.stream(address.getPath().split("/"))
                .filter(part -> !part.isEmpty())
                .toArray(String[]::new);
        if (path.length < 3 || !path[0].equals("v2") || !path[1].equals(Api.PROJECT)) {
            return error(404, "DIS.4200");
        }
        if (throttled > 0) {
            throttled--;
            return error(429, "DIS.4303");
        }
        Map<String, String> query = query(address.getRawQuery());
        List<String> resource = Arrays.asList(path).subList(2, path.length);
        return switch (method + ' ' + resource.get(0) + ' ' + resource.size()) {
            case "GET streams 1" -> new Answer(200, streams(query));
            case "GET streams 2" -> new Answer(200, stream(resource.get(1), query));
            case "GET apps 1" -> new Answer(200, apps(query));
            case "GET cursors 1" -> new Answer(200, Map.of("partition_cursor", cursor(query)));
            case "GET records 1" -> new Answer(200, records(query.get("partition-cursor")));
            case "GET apps 2" -> new Answer(200, Map.of("app_name", resource.get(1), "app_id", "1", "create_time", 1));
            case "GET apps 4" -> new Answer(200, consumption(resource.get(3), resource.get(1), query));
            case "POST apps 3" -> new Answer(200, join(group(resource), body));
            case "POST apps 5" ->
                new Answer(
                        200,
                        resource.get(4).equals("heartbeats")
                                ? heartbeat(group(resource), body)
                                : sync(group(resource), resource.get(3)));
            case "DELETE apps 4" -> leave(group(resource), resource.get(3));
            case "GET checkpoints 1" -> checkpoint(query);
            case "POST checkpoints 1" -> commit(body);
            case "DELETE checkpoints 1" -> {
                checkpoints.remove(
                        key(query.get("stream_name"), query.get("app_name"), number(query.get("partition_id"))));
                yield new Answer(204, null);
            }
            default -> error(404, "DIS.4200");
        };
    }

    private static Answer error(int status, String code) {
        return new Answer(status, new Problem(code, "error of DIS"));
    }

    private Map<String, Object> streams(Map<String, String> query) {
        List<String> names = new ArrayList<>(otherStreams);
        names.add(STREAM);
        return Map.of("stream_names", after(names, query.get("start_stream_name")), "has_more_streams", false);
    }

    private Map<String, Object> apps(Map<String, String> query) {
        List<String> names = checkpoints.keySet().stream()
                .map(key -> key.split("/")[1])
                .distinct()
                .toList();
        return Map.of(
                "apps",
                after(names, query.get("start_app_name")).stream()
                        .map(name -> Map.of("app_name", name))
                        .toList(),
                "has_more_app",
                false);
    }

    private static List<String> after(List<String> names, String start) {
        return names.stream()
                .sorted()
                .filter(name -> start == null || name.compareTo(start) > 0)
                .toList();
    }

    private Map<String, Object> stream(String stream, Map<String, String> query) {
        List<Integer> page = page(query.get("start_partitionId"), query.get("limit_partitions"));
        return Map.of(
                "stream_name",
                stream,
                "status",
                "RUNNING",
                "readable_partition_count",
                partitions.size(),
                "writable_partition_count",
                partitions.size(),
                "partitions",
                page.stream()
                        .map(partition -> Map.of(
                                "status",
                                "ACTIVE",
                                "partition_id",
                                id(partition),
                                "sequence_number_range",
                                stream.equals(STREAM)
                                        ? "[" + firstRecords.getOrDefault(partition, 0) + " : "
                                                + partitions.get(partition).size() + "]"
                                        : "[0 : 0]"))
                        .toList());
    }

    private String cursor(Map<String, String> query) {
        // The record with the number n has the timestamp n.
        String place = "AT_TIMESTAMP".equals(query.get("cursor-type")) ? "timestamp" : "starting-sequence-number";
        int next = (int) Math.min(Long.parseLong(query.get(place)), Integer.MAX_VALUE);
        return cursor(number(query.get("partition-id")), next);
    }

    private static String cursor(int partition, int next) {
        return Base64.getUrlEncoder().encodeToString((partition + ":" + next).getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, Object> records(String cursor) {
        String[] position = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(":");
        int partition = Integer.parseInt(position[0]);
        int next = Integer.parseInt(position[1]);
        List<String> data = partitions.get(partition);
        List<Map<String, Object>> records = new ArrayList<>();
        for (int number = next; number < data.size(); number++) {
            records.add(Map.of(
                    "partition_key",
                    "key",
                    "sequence_number",
                    Integer.toString(number),
                    "data",
                    data.get(number).getBytes(StandardCharsets.UTF_8),
                    "timestamp",
                    number,
                    "timestamp_type",
                    "CreateTime"));
        }
        return Map.of("records", records, "next_partition_cursor", cursor(partition, data.size()));
    }

    private Map<String, Object> consumption(String stream, String app, Map<String, String> query) {
        List<Integer> page = page(query.get("start_partition_id"), query.get("limit"));
        return Map.of(
                "stream_name",
                stream,
                "app_name",
                app,
                "has_more",
                !page.isEmpty() && page.get(page.size() - 1) < partitions.size() - 1,
                "partition_consuming_states",
                page.stream()
                        .map(partition -> Map.of(
                                "partition_id", id(partition),
                                "sequence_number",
                                        checkpoint(stream, app, partition).sequenceNumber(),
                                "checkpoint_type", "LAST_READ"))
                        .toList());
    }

    private List<Integer> page(String start, String limit) {
        int first = start == null || start.isEmpty() ? 0 : number(start) + (listsTheStart ? 0 : 1);
        return IntStream.range(first, partitions.size())
                .limit(limit == null ? 100 : Long.parseLong(limit))
                .boxed()
                .toList();
    }

    private Group group(List<String> resource) {
        return groups.computeIfAbsent(resource.get(1), name -> new Group());
    }

    private static Map<String, Object> join(Group group, JsonNode body) {
        if (group.members.put(body.get("clientId").asText(), body) == null) {
            group.generation++;
        }
        return Map.of("state", "OK", "syncDelayedTimeMs", 0);
    }

    /** Shares the partitions out among the members in turn. */
    private Map<String, Object> sync(Group group, String client) {
        List<String> members = List.copyOf(group.members.keySet());
        List<Integer> share = IntStream.range(0, partitions.size())
                .filter(partition -> members.get(partition % members.size()).equals(client))
                .boxed()
                .toList();
        return Map.of("state", "OK", "generation", group.generation, "assignment", Map.of(STREAM, share));
    }

    private static Map<String, Object> heartbeat(Group group, JsonNode body) {
        boolean stable = group.members.containsKey(body.get("clientId").asText())
                && group.generation == body.get("generation").asLong();
        return Map.of("state", stable ? "STABLE" : "JOINING");
    }

    private static Answer leave(Group group, String client) {
        if (group.members.remove(client) != null) {
            group.generation++;
        }
        return new Answer(204, null);
    }

    private Answer checkpoint(Map<String, String> query) {
        int partition = number(query.get("partition_id"));
        if (broken.contains(partition)) {
            return error(500, "DIS.5000");
        }
        Checkpoint checkpoint = answersMinusOne
                ? NO_CHECKPOINT
                : checkpoint(query.get("stream_name"), query.get("app_name"), partition);
        return new Answer(
                200, Map.of("sequence_number", checkpoint.sequenceNumber(), "metadata", checkpoint.metadata()));
    }

    private Checkpoint checkpoint(String stream, String app, int partition) {
        return checkpoints.getOrDefault(key(stream, app, partition), NO_CHECKPOINT);
    }

    private static String key(String stream, String app, int partition) {
        return stream + '/' + app + '/' + partition;
    }

    private Answer commit(JsonNode body) {
        if (!losesSubmissions) {
            commit(
                    body.get("stream_name").asText(),
                    body.get("app_name").asText(),
                    number(body.get("partition_id").asText()),
                    body.get("sequence_number").asText(),
                    body.path("metadata").asText());
        }
        return new Answer(201, null);
    }

    private static String id(int partition) {
        return "shardId-%010d".formatted(partition);
    }

    private static int number(String partitionId) {
        return Integer.parseInt(partitionId.replace("shardId-", ""));
    }

    private static Map<String, String> query(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            Arrays.stream(query.split("&"))
                    .map(parameter -> parameter.split("=", 2))
                    .filter(parameter -> parameter.length == 2)
                    .forEach(parameter ->
                            parameters.put(parameter[0], URLDecoder.decode(parameter[1], StandardCharsets.UTF_8)));
        }
        return parameters;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        executor.shutdownNow();
    }
}
