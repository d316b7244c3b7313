package dev.lockstep.testkit.client;

/**
 * The header of a record that the client has received.
 *
 * @param type the content type
 * @param version 0x0303 in TLS 1.2
 * @param length of the fragment in bytes, protection included
 */
public record RecordSeen(int type, int version, int length) {}
