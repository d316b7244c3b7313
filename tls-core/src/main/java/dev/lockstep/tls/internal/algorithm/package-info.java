/** Maps code points to primitives. Imports spec and crypto. */
package dev.lockstep.tls.internal.algorithm;
