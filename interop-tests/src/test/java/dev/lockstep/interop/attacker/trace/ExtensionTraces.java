package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.COMPLETES;
import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.HANDSHAKE_FAILURE;
import static dev.lockstep.interop.attacker.trace.Answer.ILLEGAL_PARAMETER;
import static dev.lockstep.interop.attacker.trace.Answer.NO_APPLICATION_PROTOCOL;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Messages.extension;
import static dev.lockstep.interop.attacker.trace.Messages.extensionOf;
import static dev.lockstep.interop.attacker.trace.Messages.hello;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.put;

/** An extension of ClientHello that is wrong, or that looks so. A second ClientHello is out of order whatever it says. */
final class ExtensionTraces {
    private static final int SERVER_NAME = 0;
    private static final int MAX_FRAGMENT_LENGTH = 1;
    private static final int STATUS_REQUEST = 5;
    private static final int GROUPS = 10;
    private static final int POINT_FORMATS = 11;
    private static final int SCHEMES = 13;
    private static final int HEARTBEATS = 15;
    private static final int ALPN = 16;
    private static final int ENCRYPT_THEN_MAC = 22;
    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int RECORD_SIZE_LIMIT = 28;
    private static final int SESSION_TICKET = 35;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int RENEGOTIATION_INFO = 0xff01;

    private ExtensionTraces() {}

    private static void row(Table table, String what, Attack attack, Answer answer, String section) {
        table.sign(what, attack, answer, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, section);
    }

    /** Two extensions of one type. */
    private static Attack twice(String type, String content) {
        return hello(m -> {
            m.addExtension(extensionOf(hex(type), hex(content)));
            m.addExtension(extensionOf(hex(type), hex(content)));
        });
    }

    // @formatter:off
    static Table table() {
        Table t = new Table("Extensions of ClientHello");
        row(t, "server_name without a name",             extension(SERVER_NAME, "0000"),                     DECODE_ERROR,      "6066 3");
        row(t, "server_name of no bytes",                extension(SERVER_NAME, ""),                         DECODE_ERROR,      "6066 3");
        row(t, "server_name, an empty host name",        extension(SERVER_NAME, "0003000000"),               DECODE_ERROR,      "6066 3");
        row(t, "server_name, a name that is cut",        extension(SERVER_NAME, "0004000005" + "61"),        DECODE_ERROR,      "6066 3");
        row(t, "server_name, two host names",            extension(SERVER_NAME, "0008" + "00000161" + "00000162"), ILLEGAL_PARAMETER, "6066 3");
        row(t, "server_name, a host name with NUL",      extension(SERVER_NAME, "0006" + "000003610062"),    ILLEGAL_PARAMETER, "6066 3");
        row(t, "server_name, a host name not in ASCII",  extension(SERVER_NAME, "0005" + "000002c3a4"),      ILLEGAL_PARAMETER, "6066 3");
        row(t, "server_name, an unknown host",           extension(SERVER_NAME, "0004" + "00000161"),        COMPLETES,         "6066 3");
        row(t, "max_fragment_length 0",                  extension(MAX_FRAGMENT_LENGTH, "00"),               ILLEGAL_PARAMETER, "6066 4");
        row(t, "max_fragment_length 5",                  extension(MAX_FRAGMENT_LENGTH, "05"),               ILLEGAL_PARAMETER, "6066 4");
        row(t, "max_fragment_length of two bytes",       extension(MAX_FRAGMENT_LENGTH, "0101"),             DECODE_ERROR,      "6066 4");
        row(t, "status_request of no bytes",             extension(STATUS_REQUEST, ""),                      DECODE_ERROR,      "6066 8");
        row(t, "status_request, a list that is cut",     extension(STATUS_REQUEST, "01" + "0004" + "0000"),  DECODE_ERROR,      "6066 8");
        row(t, "supported_groups without a group",       extension(GROUPS, "0000"),                          DECODE_ERROR,      "8422 5.1.1");
        row(t, "supported_groups, odd",                  extension(GROUPS, "0003001700"),                    DECODE_ERROR,      "8422 5.1.1");
        row(t, "supported_groups, longer than it is",    extension(GROUPS, "00040017"),                      DECODE_ERROR,      "8422 5.1.1");
        row(t, "supported_groups, only unknown ones",    extension(GROUPS, "0004fafa0abc"),                  HANDSHAKE_FAILURE, "8422 5.1");
        row(t, "supported_groups, only curves over 2^m", extension(GROUPS, "00040001000d"),                  HANDSHAKE_FAILURE, "8422 5.1");
        row(t, "ec_point_formats without a format",      extension(POINT_FORMATS, "00"),                     DECODE_ERROR,      "8422 5.1.2");
        row(t, "ec_point_formats without uncompressed",  extension(POINT_FORMATS, "020102"),                 ILLEGAL_PARAMETER, "8422 5.1.2");
        row(t, "signature_algorithms without a scheme",  extension(SCHEMES, "0000"),                         DECODE_ERROR,      "5246 7.4.1.4.1");
        row(t, "signature_algorithms, odd",              extension(SCHEMES, "0003040108"),                   DECODE_ERROR,      "5246 7.4.1.4.1");
        row(t, "signature_algorithms, a byte behind",    extension(SCHEMES, "0002040100"),                   DECODE_ERROR,      "5246 7.4.1.4.1");
        row(t, "signature_algorithms, only unknown ones", extension(SCHEMES, "0004fafa0abc"),                HANDSHAKE_FAILURE, "5246 7.4.1.4.1");
        row(t, "signature_algorithms, none for the key", extension(SCHEMES, "000404030503"),                 HANDSHAKE_FAILURE, "5246 7.4.3");
        row(t, "heartbeat",                              extension(HEARTBEATS, "01"),                        COMPLETES,         "5246 7.4.1.4");
        row(t, "ALPN without a protocol",                extension(ALPN, "0000"),                            DECODE_ERROR,      "7301 3.1");
        row(t, "ALPN, a protocol without a name",        extension(ALPN, "000100"),                          DECODE_ERROR,      "7301 3.1");
        row(t, "ALPN, a name that is cut",               extension(ALPN, "000205" + "68"),                   DECODE_ERROR,      "7301 3.1");
        row(t, "ALPN, none of the server's",             extension(ALPN, "0005" + "0473706479"),             NO_APPLICATION_PROTOCOL, "7301 3.2");
        row(t, "encrypt_then_mac with content",          extension(ENCRYPT_THEN_MAC, "00"),                  DECODE_ERROR,      "7366 2");
        row(t, "extended_master_secret with content",    extension(EXTENDED_MASTER_SECRET, "00"),            DECODE_ERROR,      "7627 5.1");
        row(t, "record_size_limit 63",                   extension(RECORD_SIZE_LIMIT, "003f"),               ILLEGAL_PARAMETER, "8449 4");
        row(t, "record_size_limit of one byte",          extension(RECORD_SIZE_LIMIT, "40"),                 DECODE_ERROR,      "8449 4");
        row(t, "session_ticket, forged",                 extension(SESSION_TICKET, "a5".repeat(200)),        COMPLETES,         "5077 3.2");
        row(t, "supported_versions, only TLS 1.3",       extension(SUPPORTED_VERSIONS, "020304"),            COMPLETES,         "5246 7.4.1.4");
        row(t, "renegotiation_info with content",        extension(RENEGOTIATION_INFO, "0c" + "00".repeat(12)), HANDSHAKE_FAILURE, "5746 3.6");
        row(t, "renegotiation_info that is cut",         extension(RENEGOTIATION_INFO, "0c00"),              DECODE_ERROR,      "5746 3.2");
        row(t, "extended_master_secret twice",           twice("0017", ""),                                  ILLEGAL_PARAMETER, "5246 7.4.1.4");
        row(t, "an unknown extension twice",             twice("7777", "00"),                                ILLEGAL_PARAMETER, "5246 7.4.1.4");
        row(t, "an unknown extension of 20000 bytes",    extension(0x7777, "00".repeat(20_000)),             COMPLETES,         "5246 7.4.1.4");
        row(t, "unknown extensions and values (GREASE)", hello(m -> { put(m, 0x0a0a, ""); put(m, 0xfafa, "00"); }), COMPLETES,  "8701 4.1");
        return t;
    }
    // @formatter:on
}
