import org.jspecify.annotations.NullMarked;

/**
 * Lockstep behind the interfaces of {@code javax.net.ssl}, for servers that take an {@code SSLContext} or an {@code
 * SSLEngine}: {@link dev.lockstep.jsse.LockstepContext} from a configuration of Lockstep's own, {@link
 * dev.lockstep.jsse.LockstepProvider} by the names of the Java Cryptography Architecture.
 */
@NullMarked
module dev.lockstep.jsse {
    requires static transitive org.jspecify;
    requires transitive dev.lockstep.tls;
    requires dev.lockstep.keys;
    requires dev.lockstep.nio;

    exports dev.lockstep.jsse;

    provides java.security.Provider with
            dev.lockstep.jsse.LockstepProvider;
}
