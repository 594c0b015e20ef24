/**
 * What development and tests bring along: a table and a fake IAM. Nothing of it is in the package
 * that gets deployed, and no other package uses it.
 *
 * <p>Start reading at {@link dis.checkpoint.dev.DevelopmentServices}.
 */
package dis.checkpoint.dev;
