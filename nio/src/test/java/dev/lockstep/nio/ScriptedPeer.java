package dev.lockstep.nio;

import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.spec.CipherSuite;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;

/** A client over a socket that says what a test has it say, and knows its secrets. */
final class ScriptedPeer {

    final ScriptedClient client =
            new ScriptedClient(ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
    private final Socket tcp;

    ScriptedPeer(Socket tcp) {
        this.tcp = tcp;
    }

    void says(ClientMessage... messages) throws IOException {
        client.sends(messages);
        for (byte[] record : client.takeRecords()) {
            tcp.getOutputStream().write(record);
        }
    }

    /** Reads until the server has said this. */
    void hears(Seen.Kind kind) throws IOException {
        while (!client.hasSeen(kind)) {
            read();
        }
    }

    /** Reads until there is application data, and returns it. */
    byte[] hearsData() throws IOException {
        byte[] data = client.takeReceived();
        while (data.length == 0) {
            read();
            data = client.takeReceived();
        }
        return data;
    }

    private void read() throws IOException {
        InputStream in = tcp.getInputStream();
        byte[] buffer = new byte[1 << 15];
        int count = in.read(buffer);
        if (count < 0) {
            throw new AssertionError("the server has ended its stream");
        }
        client.receives(Arrays.copyOf(buffer, count));
    }
}
