package dev.lockstep.server.abuse;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.TestClients;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;

/**
 * A client with a grant of its own that asks for signatures as fast as its connection takes them: some that it gets, some of
 * the longest input, which is refused. It reads the answers or lets them pile up.
 */
final class BusyClient implements AutoCloseable {

    private static final int AT_ONCE = 64;
    private static final int LONGEST = 8_192;

    private final SSLSocket socket;
    private final KeyId key;

    BusyClient(Path directory, Path authority, InetSocketAddress port, KeyId key, boolean reads) throws Exception {
        this.key = key;
        socket = TestClients.ofKeyServer(HonestClients.context(directory, "busy", authority), port.getPort());
        socket.startHandshake();
        begin(this::write);
        if (reads) {
            begin(this::read);
        }
    }

    private static void begin(Runnable work) {
        Thread thread = new Thread(work, "busy client");
        thread.setDaemon(true);
        thread.start();
    }

    private void write() {
        ByteBuffer batch = ByteBuffer.allocate(AT_ONCE * Frame.MAX_BYTES);
        try {
            OutputStream out = socket.getOutputStream();
            new Frame(0, new Message.Hello(Message.VERSION, Message.VERSION)).encode(batch);
            long id = 0;
            while (true) {
                for (int i = 0; i < AT_ONCE; i++) {
                    id++;
                    byte[] input = i % 4 == 0 ? new byte[LONGEST] : HonestClients.input(id);
                    new Frame(id, new Message.Sign(key, 0, 0x0403, input)).encode(batch);
                }
                out.write(batch.array(), 0, batch.position());
                batch.clear();
            }
        } catch (IOException e) {
            // the end: the test's, or the key server's
        }
    }

    private void read() {
        byte[] waste = new byte[64 * 1024];
        try {
            InputStream in = socket.getInputStream();
            int count;
            do {
                count = in.read(waste);
            } while (count >= 0);
        } catch (IOException e) {
            // as above
        }
    }

    /** Without the alert, for which the lock of a writer that waits would have to be free. */
    @Override
    public void close() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
