/**
 * What the native executable does in another way than the libraries, to be faster or smaller. It uses no other package, and
 * none uses it.
 */
package dis.checkpoint.graal;
