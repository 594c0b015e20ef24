/**
 * The life of the process outside of events: checks of the environment, settings of the JDK, the first connections, and the end.
 *
 * <p>It uses {@code lambda}, {@code auth}, {@code table} and {@code config}; no other package uses it. Start reading at
 * {@link dis.checkpoint.startup.StartCheck}.
 */
package dis.checkpoint.startup;
