import org.jspecify.annotations.NullMarked;

/**
 * TLS 1.2 over non-blocking sockets: {@link dev.lockstep.nio.TlsChannel} for a loop of one's own,
 * {@link dev.lockstep.nio.TlsLoop} for a complete one, {@link dev.lockstep.nio.BlockingTlsChannel} for streams.
 */
@NullMarked
module dev.lockstep.nio {
    requires static transitive org.jspecify;
    requires transitive dev.lockstep.tls;

    exports dev.lockstep.nio;
}
