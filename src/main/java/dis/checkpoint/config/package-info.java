/**
 * The settings of a deployment: their meanings, ranges and defaults.
 *
 * <p>{@code startup}, {@code auth} and {@code table} read them. Start reading at
 * {@link dis.checkpoint.config.CheckpointConfig}.
 */
package dis.checkpoint.config;
