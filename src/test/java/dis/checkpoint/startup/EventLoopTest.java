package dis.checkpoint.startup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonParseException;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.RuntimeApi.Fault;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loop of the native executable, with a handler that returns the event. */
class EventLoopTest {

    private static final long SECONDS = 10;
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";
    private static final String OF_A_CALLER = "from a caller";

    private final RuntimeApi runtime = new RuntimeApi();

    @AfterEach
    void close() {
        runtime.close();
        System.clearProperty(TRACE_PROPERTY);
    }

    /** Completes with the failure that ends the loop. */
    private CompletableFuture<IOException> poll(EventLoop.Handler handler) {
        CompletableFuture<IOException> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.complete(new EventLoop(runtime.endpoint(), handler).poll());
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return end;
    }

    private CompletableFuture<IOException> poll() {
        return poll((event, answer) -> event.transferTo(answer));
    }

    private String answer(String event) throws Exception {
        return runtime.submit(event).get(SECONDS, TimeUnit.SECONDS).payload();
    }

    @Test
    void eventsAreAnsweredInTheirOrder() throws Exception {
        poll();
        assertThat(answer("first"), is("first"));
        assertThat(answer("second"), is("second"));
    }

    @ParameterizedTest
    @EnumSource
    void singleFailureOfAPollIsPassedOver(Fault fault) throws Exception {
        runtime.failPolls(1, fault);
        poll();
        assertThat(answer("first"), is("first"));
        runtime.failPolls(1, fault);
        assertThat(answer("second"), is("second"));
        assertThat(answer("third"), is("third"));
    }

    @ParameterizedTest
    @EnumSource
    void secondFailureOfAPollEndsTheLoop(Fault fault) throws Exception {
        runtime.failPolls(1_000, fault);
        assertThat(poll().get(SECONDS, TimeUnit.SECONDS), instanceOf(IOException.class));
        // The JDK repeats a poll whose connection drops.
        assertThat(runtime.polls(), is(lessThanOrEqualTo(4)));
    }

    @Test
    void runtimeApiThatRefusesConnectionsEndsTheLoop() throws Exception {
        CompletableFuture<IOException> end = poll();
        assertThat(answer("event"), is("event"));
        runtime.close();
        assertThat(end.get(SECONDS, TimeUnit.SECONDS), instanceOf(IOException.class));
    }

    @ParameterizedTest
    @EnumSource(names = {"DROPPED_CONNECTION", "NO_HTTP", "FORBIDDEN", "SERVER_ERROR"})
    void runtimeApiThatTakesNeitherAnswerNorErrorEndsTheLoop(Fault fault) throws Exception {
        CompletableFuture<IOException> end = poll();
        runtime.failPosts(1_000, fault);
        runtime.submit("first");
        runtime.submit("second");
        assertThat(end.get(SECONDS, TimeUnit.SECONDS), instanceOf(IOException.class));
    }

    @Test
    void answerThatIsNotTakenIsReportedAsAnErrorAndPollingGoesOn() throws Exception {
        poll();
        runtime.failPosts(1, Fault.FORBIDDEN);
        assertThrows(ExecutionException.class, () -> answer("first"));
        assertThat(answer("second"), is("second"));
    }

    @Test
    void eventThatCannotBeHandledIsReportedWithoutItsTextAndPollingGoesOn() throws Exception {
        poll((event, answer) -> {
            String text = new String(event.readAllBytes());
            if (text.equals("malformed")) {
                throw new JsonParseException(null, OF_A_CALLER);
            }
            if (text.equals("bug")) {
                throw new IllegalStateException(OF_A_CALLER);
            }
            answer.write(text.getBytes());
        });
        for (String event : new String[] {"malformed", "bug"}) {
            String error = assertThrows(ExecutionException.class, () -> answer(event))
                    .getCause()
                    .getMessage();
            assertThat(error, containsString("Exception"));
            assertThat(error, not(containsString(OF_A_CALLER)));
        }
        assertThat(answer("event"), is("event"));
    }

    @Test
    void errorOfMemoryIsNotCaught() {
        CompletableFuture<IOException> end = poll((event, answer) -> {
            throw new OutOfMemoryError();
        });
        runtime.submit("event");
        ExecutionException e = assertThrows(ExecutionException.class, () -> end.get(SECONDS, TimeUnit.SECONDS));
        assertThat(e.getCause(), instanceOf(OutOfMemoryError.class));
    }

    @Test
    void eventWithoutATraceDoesNotGetThatOfTheEventBefore() throws Exception {
        poll((event, answer) ->
                answer.write(String.valueOf(System.getProperty(TRACE_PROPERTY)).getBytes()));
        String trace = runtime.submit("first", Map.of(RuntimeApi.TRACE_ID, "Root=1-a"))
                .get(SECONDS, TimeUnit.SECONDS)
                .payload();
        String none = runtime.submit("second", Map.of())
                .get(SECONDS, TimeUnit.SECONDS)
                .payload();
        assertThat(trace, is("Root=1-a"));
        assertThat(none, is("null"));
        assertThat(System.getProperty(TRACE_PROPERTY), is(nullValue()));
    }

    @Test
    void headersThatAreNotNeededAreIgnored() throws Exception {
        poll();
        Map<String, String> headers = Map.of(
                "Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":7,",
                "Lambda-Runtime-Client-Context", "no JSON",
                "Lambda-Runtime-Deadline-Ms", "soon",
                "Lambda-Runtime-Invoked-Function-Arn", "");
        assertThat(
                runtime.submit("event", headers).get(SECONDS, TimeUnit.SECONDS).payload(), is("event"));
    }
}
