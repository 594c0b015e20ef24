/**
 * Values that cannot be wrong once they exist: what a checkpoint is, and what it belongs to. Each checks its form and its
 * range where it is made.
 *
 * <p>It uses the JDK alone. Start reading at {@link dis.checkpoint.domain.Checkpoint} and
 * {@link dis.checkpoint.domain.CheckpointKey}.
 */
package dis.checkpoint.domain;
