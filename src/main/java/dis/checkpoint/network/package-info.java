/**
 * How the function connects to IAM and to DynamoDB: which certificates it trusts and which addresses it tries.
 *
 * <p>It uses the JDK alone. Start reading at {@link dis.checkpoint.network.MultiAddressSocketFactory}.
 */
package dis.checkpoint.network;
