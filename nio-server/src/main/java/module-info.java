import org.jspecify.annotations.NullMarked;

/** A single-selector HTTPS and echo server on Lockstep, with its command line. Nothing is exported: it is a program. */
@NullMarked
module dev.lockstep.server {
    requires static org.jspecify;
    requires dev.lockstep.crypto;
    requires dev.lockstep.tls;
    requires dev.lockstep.keys;
    requires info.picocli;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires jdk.net; // who is at the other end of a Unix-domain socket

    // picocli reads the annotations of the commands.
    opens dev.lockstep.server to
            info.picocli;
}
