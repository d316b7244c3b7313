package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

/**
 * The client of the measurements: BoringSSL where netty-tcnative has it, else bctls; and the JDK's for a suite that BoringSSL
 * lacks. It offers one suite, and the group wanted first. Its time is never measured.
 */
public final class Client {
    private final Engine connector;

    private Client(Engine connector) {
        this.connector = connector;
    }

    /** Prepares a client for {@code scenario}. */
    public static Client create(Scenario scenario) throws GeneralSecurityException {
        if (!EngineKind.TCNATIVE.takes(scenario)) {
            return returning(scenario);
        }
        return new Client(
                TcnativeEngine.isAvailable() ? TcnativeEngine.client(scenario) : new BctlsClientEngine(scenario));
    }

    /** A client that comes back with the session that it had last: the JDK's, since it needs to be told least. */
    public static Client returning(Scenario scenario) throws GeneralSecurityException {
        return new Client(new ReturningClient(scenario));
    }

    /** A connection whose ClientHello is not yet written. */
    public ServerSession connect() {
        return connector.accept();
    }

    /** Seals {@code length} bytes as one record at the position of {@code netOut}. */
    public static void seal(ServerSession client, int length, ByteBuffer plaintext, ByteBuffer netOut)
            throws IOException {
        plaintext.position(0).limit(length);
        client.write(plaintext, netOut);
    }
}
