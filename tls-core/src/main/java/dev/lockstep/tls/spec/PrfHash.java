package dev.lockstep.tls.spec;

/**
 * The hash of a suite's pseudo-random function and of its Finished messages: RFC 5246 5 and 7.4.9-2. Which suite has
 * which is the suite's own: RFC 5288 3-3, RFC 5487 2-1, RFC 5489 3.2-1.
 */
public enum PrfHash {
    /** SHA-256: every suite that does not say otherwise. */
    SHA256,
    /** SHA-384: the suites whose name ends so (RFC 5288, RFC 5289). */
    SHA384
}
