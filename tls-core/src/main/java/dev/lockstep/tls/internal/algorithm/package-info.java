/** Which primitive stands behind which code point. Imports spec and crypto. */
package dev.lockstep.tls.internal.algorithm;
