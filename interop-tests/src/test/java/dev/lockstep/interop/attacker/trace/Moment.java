package dev.lockstep.interop.attacker.trace;

/** When the attack arrives, in terms of the key operation of its conversation. */
public enum Moment {
    /** With or in front of the message that makes the server ask its key. */
    BEFORE,
    /** While the answer of the key is awaited; with an inline key, in one segment with its cause. */
    DURING,
    /** After the key has answered. */
    AFTER
}
