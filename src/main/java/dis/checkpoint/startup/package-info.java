/**
 * The process: the checks before its start, its first connections, its output, the polling for events, and its end.
 *
 * <p>It uses {@code lambda}, {@code auth}, {@code table}, {@code network} and {@code config}; no other package uses it. Start
 * reading at {@link dis.checkpoint.startup.StartCheck}.
 */
package dis.checkpoint.startup;
