/**
 * The values of checkpoint management, such as names, partitions and checkpoints. Each value checks its form and range in its
 * constructor, so that an existing value is valid.
 *
 * <p>It uses the JDK alone. Start reading at {@link dis.checkpoint.domain.Checkpoint} and
 * {@link dis.checkpoint.domain.CheckpointKey}.
 */
package dis.checkpoint.domain;
