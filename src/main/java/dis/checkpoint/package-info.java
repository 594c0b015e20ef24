/**
 * A serverless function that stores the checkpoints of stream consumers, compatible with the checkpoint management of
 * the Data Ingestion Service (DIS).
 *
 * <p>The way of a request: {@link dis.checkpoint.HttpEventBoundary} → {@link dis.checkpoint.iam.TokenFilter} →
 * {@link dis.checkpoint.CheckpointResource} → {@link dis.checkpoint.table.CheckpointTable} → 201, or a
 * {@link dis.checkpoint.error.DisError}.
 */
package dis.checkpoint;
