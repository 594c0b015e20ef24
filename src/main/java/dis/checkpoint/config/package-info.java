/**
 * What a deployment can set: each setting with its meaning, range and default.
 *
 * <p>{@code lambda}, {@code iam} and {@code table} read it. Start reading at {@link dis.checkpoint.config.CheckpointConfig}.
 */
package dis.checkpoint.config;
