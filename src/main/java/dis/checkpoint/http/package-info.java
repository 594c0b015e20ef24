/**
 * The three calls: their path, parameters and body, and what each is answered.
 *
 * <p>It uses {@code table} and the packages below it. A request gets here once its caller has been let in. Start reading at
 * {@link dis.checkpoint.http.CheckpointResource}.
 */
package dis.checkpoint.http;
