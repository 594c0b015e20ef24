package dis.checkpoint.lambda;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dis.checkpoint.support.Api;
import dis.checkpoint.support.Backends;
import dis.checkpoint.support.Events;
import dis.checkpoint.support.GrowthByTenth;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nothing that strangers send stays in the memory of the packaged function. It has so little memory that it would end if it
 * kept the names.
 */
@Tag("package")
class StrangersIT {

    /** A process that kept the names would need some 25 KB for each event, 37 MB in all. */
    private static final int EVENTS = Soak.oneIn(20, 1_500);

    /** Less than what the names of these events would take. */
    private static final long MAX_GROWTH = 24L << 20;

    private static final int NAMES = 1_100;
    private static final int SEGMENTS = 800;
    private static final long SECONDS_TO_ANSWER = 30;

    private final RuntimeApi runtime = new RuntimeApi();
    private Backends backends;
    private Process process;

    @BeforeEach
    void start() throws Exception {
        backends = new Backends();
        PackagedFunction function = PackagedFunction.unpack(Path.of("target/function-of-strangers"));
        process = function.start(
                runtime,
                backends.environment(),
                Path.of("target/function-of-strangers.log"),
                List.of("-Xmx" + (PackagedFunction.isNative() ? "32m" : "48m")));
        assertThat(answers(submission()), is(201));
    }

    @AfterEach
    void stop() {
        process.destroyForcibly().onExit().join();
        runtime.close();
        backends.close();
    }

    private int answers(APIGatewayV2HTTPEvent event) throws Exception {
        String payload = runtime.submit(Events.json(event))
                .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                .payload();
        return Events.response(payload).getStatusCode();
    }

    private static APIGatewayV2HTTPEvent submission() {
        return Events.post(Api.submission("app", "2"));
    }

    private static APIGatewayV2HTTPEvent anonymous(APIGatewayV2HTTPEvent event) {
        event.getHeaders().remove("x-auth-token");
        return event;
    }

    /** Names that no other event has. */
    private static List<String> names(int event, int number) {
        return IntStream.range(0, number)
                .mapToObj(name -> Integer.toString(event * NAMES + name, Character.MAX_RADIX) + "-x")
                .toList();
    }

    private static Map<String, String> values(List<String> names) {
        return names.stream().collect(Collectors.toMap(name -> name, name -> ""));
    }

    private static APIGatewayV2HTTPEvent event(int number) {
        return switch (number % 5) {
            case 0 -> anonymous(Events.event("GET", String.join("&", names(number, NAMES)), null));
            case 1 -> {
                APIGatewayV2HTTPEvent event = anonymous(submission());
                event.getHeaders().putAll(values(names(number, NAMES)));
                yield event;
            }
            case 2 -> {
                APIGatewayV2HTTPEvent event = submission();
                event.getHeaders().put("x-auth-token", UUID.randomUUID().toString());
                event.setRawPath("/v2/" + String.join("/", names(number, SEGMENTS)));
                yield event;
            }
            case 3 -> {
                APIGatewayV2HTTPEvent event = anonymous(
                        Events.event("POST", "", "{\"" + String.join("\":1,\"", names(number, NAMES)) + "\":1}"));
                event.getHeaders()
                        .put("authorization", "SDK-HMAC-SHA256 Access=AK" + number + ", SignedHeaders=x, Signature=00");
                yield event;
            }
            // From a member, whose names do not stay either.
            default -> Events.event("POST", "", "{\"" + String.join("\":1,\"", names(number, NAMES)) + "\":1}");
        };
    }

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void namesOfStrangersDoNotStayInMemory() throws Exception {
        GrowthByTenth tenths = new GrowthByTenth(EVENTS, this::resident);
        for (int number = 0; number < EVENTS; number++) {
            long from = System.nanoTime();
            assertThat(answers(event(number)), is(number % 5 == 4 ? 400 : 401));
            tenths.add(System.nanoTime() - from);
        }
        assertThat(answers(submission()), is(201));
        System.out.printf("Strangers: %d events; %s%n", EVENTS, tenths.compare(MAX_GROWTH));
    }

    /** Resident bytes of the function; 0 where the system does not say. */
    private long resident() {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
