/**
 * Values that cannot be wrong once they exist: what a checkpoint is, what it belongs to, and by when an answer is due.
 *
 * <p>It uses the JDK alone. Start reading at {@link dis.checkpoint.domain.Checkpoint} and
 * {@link dis.checkpoint.domain.CheckpointKey}.
 */
package dis.checkpoint.domain;
