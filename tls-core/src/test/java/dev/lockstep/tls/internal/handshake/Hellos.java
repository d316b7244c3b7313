package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.spec.ProtocolVersion;
import java.util.List;

/** ClientHellos of TLS 1.2 with a random of zeros. */
public final class Hellos {

    public static final HelloRandom ZEROS = new HelloRandom(new byte[HelloRandom.LENGTH]);

    private Hellos() {}

    public static ClientHello offering(int[] suites, byte[] sessionId, Extension... extensions) {
        return new ClientHello(
                ProtocolVersion.TLS_1_2,
                ZEROS,
                sessionId,
                suites,
                new byte[] {0},
                ExtensionSet.of(List.of(extensions)));
    }
}
