/**
 * The four calls: their paths, parameters, bodies and answers.
 *
 * <p>It uses {@code table} and the packages below it. Only authenticated requests get here. Start reading at
 * {@link dis.checkpoint.http.CheckpointResource}.
 */
package dis.checkpoint.http;
