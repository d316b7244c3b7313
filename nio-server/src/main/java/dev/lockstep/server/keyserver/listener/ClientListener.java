package dev.lockstep.server.keyserver.listener;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.server.keyserver.policy.ClientIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A place where clients arrive. */
public interface ClientListener extends Closeable {

    /** Begins the lines about clients that are refused, which everyone who reaches the listener can cause. */
    String REFUSED = "refused a connection of ";

    /** A client that has arrived. */
    interface Admission {

        /**
         * How bytes go to the client and back. Called once, when the client has sent something.
         *
         * @throws IOException when it cannot be made; the caller closes the channel
         */
        ByteTransport transport() throws IOException;

        /** What the client is called in warnings while nothing better is known. */
        String where();

        /** Where the client comes from: the same for all connections that one machine can make at will. */
        String origin();

        /** Whether {@link #identity} is known on arrival; otherwise it is when the first frame has come. */
        boolean isKnown();

        /** Who the client is; null for one that may use no key. The loop's thread. */
        @Nullable
        ClientIdentity identity();

        /**
         * Why that does not hold any more, null while it does; asked after the hello, before each frame and from time to time.
         * For a reason, the connection ends. The loop's thread.
         */
        default @Nullable String fault() {
            return null;
        }
    }

    /** The listening socket. */
    ServerSocketChannel channel();

    /**
     * Whether a client may come in; null if not. The channel is non-blocking already.
     *
     * @throws IOException when it is gone again
     */
    @Nullable
    Admission admit(SocketChannel client) throws IOException;

    /** Where it is, for the line that says that the key server listens. */
    String where();
}
