package dev.lockstep.interop.attacker.trace;

/** What an honest client sends, in the order of RFC 5246 figure 1, and a record of application data at the end. */
public enum Step {
    HELLO,
    KEY_EXCHANGE,
    CHANGE_CIPHER_SPEC,
    FINISHED,
    DATA
}
