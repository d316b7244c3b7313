package dev.lockstep.server.backend;

import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** PROXY headers of both versions: the same verdict whole and byte by byte, and nothing is taken of what follows. */
public final class ProxyHeaderTarget implements Target {

    private static final int LONGEST = 8192;

    @Override
    public void run(byte[] input) {
        String whole = verdict(input, true);
        Expect.that(whole.equals(verdict(input, false)), "another verdict byte by byte than " + whole);
    }

    private static String verdict(byte[] input, boolean whole) {
        ProxyReader reader = new ProxyReader();
        ByteBuffer in = ByteBuffer.wrap(input);
        try {
            for (int limit = whole ? input.length : 1; limit <= input.length; limit++) {
                in.limit(limit);
                if (reader.read(in)) {
                    Expect.that(in.position() > 0 && in.position() <= LONGEST, "a header of " + in.position());
                    requireResolved(reader.remoteAddress());
                    requireResolved(reader.localAddress());
                    return in.position() + " " + reader.remoteAddress() + " " + reader.localAddress();
                }
                Expect.that(in.position() == 0, "a part of a header is taken");
                Expect.that(limit < LONGEST, "a header of any length is waited for");
            }
            return "incomplete";
        } catch (IOException refused) {
            String why = String.valueOf(refused.getMessage());
            Expect.that(why.startsWith("the PROXY header is malformed: "), why);
            return "malformed";
        }
    }

    private static void requireResolved(@Nullable SocketAddress address) {
        Expect.that(address == null || !((InetSocketAddress) address).isUnresolved(), "an address is a name");
    }
}
