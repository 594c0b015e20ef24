package dis.checkpoint.benchmark;

import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process of a function: started with a submission waiting, killed when it is closed. Its times are milliseconds. */
final class ProcessRun implements AutoCloseable {

    private static final double NANOS = 1e6;
    private static final long SECONDS_TO_ANSWER = 30;
    private static final int CREATED = 201;

    /** After so many submissions the partitions come again, each with a higher sequence number. */
    private static final int PARTITIONS = 100;

    private final String app = UUID.randomUUID().toString();
    private final RuntimeApi runtime = new RuntimeApi();
    private final Path log;
    private final CompletableFuture<Answer> first;
    private final long spawnedAt;
    private final Process process;
    private int submissions;

    /**
     * @param environment what the function finds, beside what Lambda sets
     * @param log where its output goes, replacing what is there
     */
    ProcessRun(PackagedFunction function, Map<String, String> environment, Path log) throws IOException {
        this.log = log;
        first = runtime.submit(nextSubmission());
        spawnedAt = System.nanoTime();
        try {
            process = function.start(runtime, environment, log);
        } catch (IOException e) {
            runtime.close();
            throw e;
        }
    }

    /** From the start to the first poll. */
    double init() {
        return (runtime.firstPoll().join() - spawnedAt) / NANOS;
    }

    /** From the start to the answer to the first submission. */
    double cold() {
        return (created(first).receivedAt() - spawnedAt) / NANOS;
    }

    /** From the next submission to its answer. */
    double submit() {
        return created(runtime.submit(nextSubmission())).took().toNanos() / NANOS;
    }

    ProcessUsage usage() throws IOException {
        return ProcessUsage.of(process);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        runtime.close();
    }

    private Answer created(CompletableFuture<Answer> submission) {
        try {
            Answer answer = submission.get(SECONDS_TO_ANSWER, TimeUnit.SECONDS);
            if (Events.response(answer.payload()).getStatusCode() != CREATED) {
                throw new IllegalStateException("Not stored: " + answer.payload());
            }
            return answer;
        } catch (Exception e) {
            throw new IllegalStateException("A function failed; its log is " + log, e);
        }
    }

    private String nextSubmission() {
        int number = submissions++;
        String body = """
                {"stream_name":"benchmark","app_name":"%s","partition_id":"%d","sequence_number":"%d",\
                "checkpoint_type":"LAST_READ"}""".formatted(app, number % PARTITIONS, number);
        return Events.json(Events.event("POST", "", body));
    }
}
