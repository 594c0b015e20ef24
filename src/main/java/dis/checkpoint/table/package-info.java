/**
 * The DynamoDB tables of the checkpoints and of the access keys. No other package knows DynamoDB.
 *
 * <p>It uses {@code request}, {@code domain}, {@code error} and {@code config}. Start reading at
 * {@link dis.checkpoint.table.CheckpointTable}.
 */
package dis.checkpoint.table;
