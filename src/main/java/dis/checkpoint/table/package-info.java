/**
 * The DynamoDB table of the checkpoints, and of the access keys: the only package that knows DynamoDB.
 *
 * <p>It uses {@code request}, {@code domain}, {@code error} and {@code config}. Start reading at
 * {@link dis.checkpoint.table.CheckpointTable}.
 */
package dis.checkpoint.table;
