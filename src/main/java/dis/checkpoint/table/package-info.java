/**
 * The DynamoDB table of the checkpoints, and the only room that knows DynamoDB.
 *
 * <p>It uses {@code domain}, {@code error} and {@code config}. Start reading at
 * {@link dis.checkpoint.table.CheckpointTable}.
 */
package dis.checkpoint.table;
