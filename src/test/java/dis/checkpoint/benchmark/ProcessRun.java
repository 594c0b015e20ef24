package dis.checkpoint.benchmark;

import dis.checkpoint.support.Events;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.RuntimeApi;
import dis.checkpoint.support.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process of a function, which is killed when this is closed. Times are milliseconds. */
final class ProcessRun implements AutoCloseable {

    private static final double NANOS = 1e6;
    private static final long SECONDS_TO_ANSWER = 30;
    private static final int CREATED = 201;

    /** The submissions go round these partitions, each time with a higher sequence number. */
    private static final int PARTITIONS = 100;

    private final String app = UUID.randomUUID().toString();
    private final RuntimeApi runtime = new RuntimeApi();
    private final Path log;
    private final CompletableFuture<Answer> first;
    private final long spawnedAt;
    private final Process process;
    private int submissions;

    /**
     * Starts the process. The first submission waits for its first poll.
     *
     * @param log gets the output of the process, and loses its earlier content
     */
    ProcessRun(PackagedFunction function, BackendProcess backends, CpuShare share, Path log) throws IOException {
        this(function, backends, share, log, true);
    }

    private ProcessRun(
            PackagedFunction function, BackendProcess backends, CpuShare share, Path log, boolean submissionWaits)
            throws IOException {
        this.log = log;
        first = submissionWaits ? runtime.submit(nextSubmission()) : new CompletableFuture<>();
        List<String> command = new ArrayList<>(function.command());
        command.addAll(1, backends.options());
        PackagedFunction limited = new PackagedFunction(share.limit(command));
        spawnedAt = System.nanoTime();
        try {
            process = limited.start(runtime, backends.environment(), log);
        } catch (IOException e) {
            runtime.close();
            throw e;
        }
    }

    /** The use of a process at its first poll, which no submission answers. */
    static ProcessUsage usageAtFirstPoll(PackagedFunction function, BackendProcess backends, CpuShare share, Path log)
            throws IOException {
        try (ProcessRun run = new ProcessRun(function, backends, share, log, false)) {
            run.init();
            return run.usage();
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
