import org.jspecify.annotations.NullMarked;

/** The program {@code lockstep}: a server, a key server, and their command line. Nothing is exported. */
@NullMarked
module dev.lockstep.server {
    requires static org.jspecify;
    requires dev.lockstep.crypto;
    requires dev.lockstep.tls;
    requires dev.lockstep.keys;
    requires dev.lockstep.nio;
    requires dev.lockstep.explain;
    requires info.picocli;
    requires java.naming; // the common name of a client
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires java.management; // how long the demo's thread has computed
    requires jdk.jfr;
    requires jdk.management; // how many descriptors there may be
    requires jdk.net; // who is at the other end of a Unix-domain socket

    // picocli reads and sets the annotated fields of the commands.
    opens dev.lockstep.server to
            info.picocli;
    opens dev.lockstep.server.audit to
            info.picocli;
    opens dev.lockstep.server.backend to
            info.picocli;
    opens dev.lockstep.server.demo to
            info.picocli;
    opens dev.lockstep.server.explain to
            info.picocli;
    opens dev.lockstep.server.keyserver to
            info.picocli;
    opens dev.lockstep.server.keyserver.listener to
            info.picocli;
    opens dev.lockstep.server.log to
            info.picocli;
    opens dev.lockstep.server.serve to
            info.picocli;
}
