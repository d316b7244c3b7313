import org.jspecify.annotations.NullMarked;

/**
 * TLS 1.2 in a Netty 4.1 pipeline: {@link dev.lockstep.netty.LockstepHandler} takes the place of Netty's {@code SslHandler},
 * and no thread waits for the private key.
 */
@NullMarked
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Netty 4.1 has no module descriptors
module dev.lockstep.netty {
    requires static transitive org.jspecify;
    requires transitive dev.lockstep.tls;
    requires dev.lockstep.jsse;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires io.netty.codec;
    requires transitive io.netty.handler;

    exports dev.lockstep.netty;
}
