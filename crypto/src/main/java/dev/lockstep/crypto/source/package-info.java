/** Which provider computes which primitive, and what the providers' objects have in common. */
package dev.lockstep.crypto.source;
