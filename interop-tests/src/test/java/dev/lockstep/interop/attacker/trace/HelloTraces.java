package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.COMPLETES;
import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.HANDSHAKE_FAILURE;
import static dev.lockstep.interop.attacker.trace.Answer.ILLEGAL_PARAMETER;
import static dev.lockstep.interop.attacker.trace.Answer.INAPPROPRIATE_FALLBACK;
import static dev.lockstep.interop.attacker.trace.Answer.PROTOCOL_VERSION;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Messages.hello;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.in;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.protocol.message.ClientHelloMessage;
import java.util.function.Consumer;

/**
 * A ClientHello that is wrong. Behind another one, during and after the signature, it is unexpected whatever it says, unless its
 * record is wrong by then: a handshake has one.
 */
final class HelloTraces {
    private static final String ECDHE = "c02f";

    private HelloTraces() {}

    /** A row: an answer for the first ClientHello; a second one is out of order. */
    private static void row(Table table, String what, Attack attack, Answer answer, String section) {
        table.sign(what, attack, answer, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, section);
    }

    private static Attack version(String version) {
        return hello(m -> m.setProtocolVersion(Modifiable.explicit(hex(version))));
    }

    private static Attack suites(String suites) {
        return hello(m -> m.setCipherSuites(Modifiable.explicit(hex(suites))));
    }

    private static Attack suites(String suites, String version) {
        return hello(m -> {
            m.setCipherSuites(Modifiable.explicit(hex(suites)));
            m.setProtocolVersion(Modifiable.explicit(hex(version)));
        });
    }

    private static Attack body(Consumer<ClientHelloMessage> change) {
        return hello(change);
    }

    private static Attack recordVersion(String version) {
        return Attack.insteadOf(Step.HELLO, config -> in(
                        record -> record.setProtocolVersion(Modifiable.explicit(hex(version))),
                        () -> new ClientHelloMessage(config))
                .with(config));
    }

    // @formatter:off
    static Table table() {
        Table t = new Table("ClientHello");
        row(t, "version SSL 3.0",                     version("0300"),     PROTOCOL_VERSION,  "5246 E.1");
        row(t, "version 1.0",                         version("0301"),     PROTOCOL_VERSION,  "5246 E.1");
        row(t, "version 1.1",                         version("0302"),     PROTOCOL_VERSION,  "5246 E.1");
        row(t, "version 2.0",                         version("0200"),     PROTOCOL_VERSION,  "5246 E.1");
        row(t, "version 0.0",                         version("0000"),     PROTOCOL_VERSION,  "5246 E.1");
        row(t, "version 1.3, in the old place",       version("0304"),     COMPLETES,         "5246 E.1");
        row(t, "version 4.0",                         version("0400"),     COMPLETES,         "5246 E.1");
        row(t, "version 255.255",                     version("ffff"),     COMPLETES,         "5246 E.1");
        t.sign("in a record of version 3.0", recordVersion("0300"), COMPLETES, PROTOCOL_VERSION, PROTOCOL_VERSION, "5246 E.1");
        t.sign("in a record of version 3.255", recordVersion("03ff"), COMPLETES, PROTOCOL_VERSION, PROTOCOL_VERSION, "5246 E.1");
        row(t, "no suite",                            suites(""),          DECODE_ERROR,      "5246 7.4.1.2");
        row(t, "an odd number of bytes of suites",    suites(ECDHE + "00"), DECODE_ERROR,     "5246 7.4.1.2");
        row(t, "only unknown suites",                 suites("fafafbfb"),  HANDSHAKE_FAILURE, "5246 7.4.1.3");
        row(t, "only suites of TLS 1.3",              suites("13011302"),  PROTOCOL_VERSION,  "8446 B.4");
        row(t, "only suites without encryption",      suites("00020001c010"), HANDSHAKE_FAILURE, "5246 7.4.1.3");
        row(t, "only suites for export",              suites("00030006000800140017"), HANDSHAKE_FAILURE, "5246 7.4.1.3");
        row(t, "only suites with RC4",                suites("00040005c011"), HANDSHAKE_FAILURE, "7465 2");
        row(t, "only suites with DES",                suites("0009000c0015"), HANDSHAKE_FAILURE, "5469 4");
        row(t, "only anonymous suites",               suites("0034006cc018"), HANDSHAKE_FAILURE, "5246 7.4.1.3");
        row(t, "only signalling suites",              suites("00ff5600"),  HANDSHAKE_FAILURE, "5746 3.3");
        row(t, "a fallback from 1.2 to 1.1",          suites(ECDHE + "5600", "0302"), INAPPROPRIATE_FALLBACK, "7507 3");
        row(t, "a fallback to 1.2 from nothing newer", suites(ECDHE + "5600"), COMPLETES,     "7507 3");
        row(t, "suites said longer than they are",    hello(m -> m.setCipherSuiteLength(Modifiable.add(200))), DECODE_ERROR, "5246 4.3");
        row(t, "suites said shorter than they are",   hello(m -> { m.setCipherSuites(Modifiable.explicit(hex("c02fc02fc02f")));
            m.setCipherSuiteLength(Modifiable.explicit(2)); }),            DECODE_ERROR,      "5246 4.3");
        row(t, "no compression method",               hello(m -> m.setCompressions(Modifiable.explicit(hex("")))), DECODE_ERROR, "5246 7.4.1.2");
        row(t, "no null compression",                 hello(m -> m.setCompressions(Modifiable.explicit(hex("01")))), ILLEGAL_PARAMETER, "5246 7.4.1.2");
        row(t, "compressions said longer than they are", hello(m -> m.setCompressionLength(Modifiable.explicit(250))), DECODE_ERROR, "5246 4.3");
        row(t, "session id of 33 bytes",              hello(m -> m.setSessionId(Modifiable.explicit(new byte[33]))), DECODE_ERROR, "5246 7.4.1.2");
        row(t, "session id said to be of 255 bytes",  hello(m -> m.setSessionIdLength(Modifiable.explicit(255))), DECODE_ERROR, "5246 7.4.1.2");
        row(t, "an unknown session id",               hello(m -> m.setSessionId(Modifiable.explicit(hex("5a".repeat(32))))), COMPLETES, "5246 7.4.1.2");
        row(t, "random of 31 bytes",                  hello(m -> m.setRandom(Modifiable.delete(0, 1))), DECODE_ERROR, "5246 7.4.1.2");
        row(t, "nothing in it",                       body(m -> m.setMessageContent(Modifiable.explicit(new byte[0]))), DECODE_ERROR, "5246 7.4.1.2");
        row(t, "only a version",                      body(m -> m.setMessageContent(Modifiable.explicit(hex("0303")))), DECODE_ERROR, "5246 7.4.1.2");
        row(t, "a byte short",                        body(m -> m.setMessageContent(Modifiable.delete(-1, 1))), DECODE_ERROR, "5246 4.3");
        row(t, "a byte too long",                     body(m -> m.setMessageContent(Modifiable.insert(new byte[1], -1))), DECODE_ERROR, "5246 4.3");
        row(t, "said to be a byte shorter",           hello(m -> m.setLength(Modifiable.sub(1))), DECODE_ERROR, "5246 4.3");
        t.sign("said to have 2^24 - 1 bytes", hello(m -> m.setLength(Modifiable.explicit(0xffffff))),
            DECODE_ERROR, UNEXPECTED_MESSAGE, DECODE_ERROR, "5246 7.4");
        row(t, "a block of extensions that is cut",   hello(m -> m.setExtensionsLength(Modifiable.add(1))), DECODE_ERROR, "5246 7.4.1.4");
        row(t, "bytes behind the block of extensions", hello(m -> m.setExtensionsLength(Modifiable.sub(4))), DECODE_ERROR, "5246 7.4.1.4");
        row(t, "a block of extensions of no length",  hello(m -> m.setExtensionsLength(Modifiable.explicit(0))), DECODE_ERROR, "5246 7.4.1.4");
        row(t, "half the header of an extension",     hello(m -> m.setExtensionBytes(Modifiable.explicit(hex("0017")))), DECODE_ERROR, "5246 7.4.1.4");
        row(t, "a byte a record",                     hello(m -> {}).with(config -> config.setDefaultMaxRecordData(1)), COMPLETES, "5246 6.2.1");
        return t;
    }
    // @formatter:on
}
