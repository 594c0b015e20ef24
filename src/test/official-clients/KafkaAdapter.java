import com.huaweicloud.dis.DISConfig;
import com.huaweicloud.dis.adapter.kafka.clients.consumer.ConsumerRecord;
import com.huaweicloud.dis.adapter.kafka.clients.consumer.DISKafkaConsumer;
import com.huaweicloud.dis.adapter.kafka.clients.consumer.OffsetAndMetadata;
import com.huaweicloud.dis.adapter.kafka.common.TopicPartition;
import com.huaweicloud.dis.adapter.kafka.common.serialization.StringDeserializer;
import com.huaweicloud.dis.core.auth.AuthType;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The life of a consumer on the Kafka adapter as it is published: it subscribes, polls, commits, closes, and begins again
 * at what it has committed. Prints what came of each step. The stream has the records 0 to 2 in partition 0, and 0 and 1
 * in partition 1.
 *
 * <p>Run from source, on the class path of the clients alone: {@code KafkaAdapter endpoint project app token}.
 */
class KafkaAdapter {

    private static final String STREAM = "newstream";
    private static final TopicPartition FIRST = new TopicPartition(STREAM, 0);
    private static final TopicPartition SECOND = new TopicPartition(STREAM, 1);

    private final String[] args;

    KafkaAdapter(String... args) {
        this.args = args;
    }

    public static void main(String[] args) throws Exception {
        KafkaAdapter app = new KafkaAdapter(args);
        app.firstTime();
        app.again();
        app.atTheEnd();
        System.exit(0); // Its threads go on.
    }

    private DISKafkaConsumer<String, String> consumer() {
        DISConfig config = new DISConfig()
                .setEndpoint(args[0])
                .setRegion("eu-de")
                .setProjectId(args[1])
                .setAuthType(AuthType.AUTHTOKEN.getAuthType())
                .setAuthToken(args[3])
                .set(DISConfig.PROPERTY_PRODUCER_EXCEPTION_RETRIES, "0");
        config.put("group.id", args[2]);
        config.put("enable.auto.commit", "false");
        config.put("auto.offset.reset", "earliest");
        DISKafkaConsumer<String, String> consumer =
                new DISKafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(STREAM));
        return consumer;
    }

    private void firstTime() {
        DISKafkaConsumer<String, String> consumer = consumer();
        System.out.println("poll: " + poll(consumer, 5));
        System.out.println("committed before the first commit: " + consumer.committed(FIRST));
        consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(2, "two – 😀")));
        System.out.println("commitSync of 2: committed is " + consumer.committed(FIRST));
        close(consumer);
    }

    private void again() throws Exception {
        DISKafkaConsumer<String, String> consumer = consumer();
        System.out.println("poll after a restart: " + poll(consumer, 3));
        System.out.println("committed: " + consumer.committed(FIRST) + " and " + consumer.committed(SECOND));
        CompletableFuture<String> outcome = new CompletableFuture<>();
        consumer.commitAsync((offsets, error) -> outcome.complete(error == null ? "done" : error.getMessage()));
        System.out.println("commitAsync: " + outcome.get(20, TimeUnit.SECONDS));
        close(consumer);
    }

    private void atTheEnd() throws Exception {
        DISKafkaConsumer<String, String> consumer = consumer();
        System.out.println("poll after another restart: " + poll(consumer, 0));
        System.out.println("committed: " + consumer.committed(FIRST) + " and " + consumer.committed(SECOND));
        Map<TopicPartition, OffsetAndMetadata> lower = Map.of(FIRST, new OffsetAndMetadata(1, ""));
        consumer.commitSync(lower);
        System.out.println("commitSync of the lower 1: returns");
        CompletableFuture<String> outcome = new CompletableFuture<>();
        consumer.commitAsync(lower, (offsets, error) -> outcome.complete(error.getClass().getSimpleName()));
        System.out.println("commitAsync of the lower 1: " + outcome.get(20, TimeUnit.SECONDS));
        close(consumer);
        consumer = consumer();
        poll(consumer, 0);
        System.out.println("committed after the refusals: " + consumer.committed(FIRST));
        close(consumer);
    }

    /** It leaves the group only where it unsubscribes. */
    private static void close(DISKafkaConsumer<String, String> consumer) {
        consumer.unsubscribe();
        consumer.close();
    }

    /** Until it has so many records, and once where it wants none; in the order of partitions and offsets. */
    private static String poll(DISKafkaConsumer<String, String> consumer, int count) {
        TreeSet<String> records = new TreeSet<>();
        do {
            for (ConsumerRecord<String, String> polled : consumer.poll(1_000)) {
                records.add(polled.partition() + "/" + polled.offset() + "=" + polled.value());
            }
        } while (records.size() < count);
        return records.isEmpty() ? "none" : String.join(" ", records);
    }
}
