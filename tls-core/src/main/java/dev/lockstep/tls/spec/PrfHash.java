package dev.lockstep.tls.spec;

/** The hash of a suite's pseudo-random function and of its Finished messages: RFC 5246 5 and 7.4.9. */
public enum PrfHash {
    /** SHA-256: every suite that does not say otherwise. */
    SHA256,
    /** SHA-384: the suites whose name ends so (RFC 5288, RFC 5289). */
    SHA384
}
