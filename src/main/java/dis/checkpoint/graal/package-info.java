/** Replaces code of libraries in the native executable, to make it faster or smaller. It uses no other package, and none uses it. */
package dis.checkpoint.graal;
