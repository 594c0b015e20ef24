package dis.checkpoint.startup;

import dis.checkpoint.lambda.JsonLine;

/** Ends the process with one line of JSON and exit code 1. Lambda then starts another process. */
final class EndOfProcess {

    private EndOfProcess() {}

    static void halt(String cause) {
        try {
            System.out.println(JsonLine.failure(cause));
            System.out.flush();
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
