package dev.lockstep.interop;

import java.nio.file.Path;
import java.util.List;

/** The clients of the interop matrix, in the order of its rows. */
final class Peers {
    private static final Path DIRECTORY = Servers.DIRECTORY.resolve("peers");

    static final List<Peer> ALL = List.of(
            new OpenSslClient(DIRECTORY),
            new GnuTlsClient(),
            new NssClient(DIRECTORY),
            new CurlClient(),
            new WgetClient(),
            SourceClient.go(DIRECTORY),
            new BotanClient(DIRECTORY),
            SourceClient.wolfSsl(DIRECTORY),
            SourceClient.mbedTls(DIRECTORY),
            SourceClient.node(DIRECTORY),
            new ChromiumClient(DIRECTORY),
            SslSocketClient.jdk(),
            SslSocketClient.bctls(),
            SslSocketClient.conscrypt(),
            new NettyClient());

    private Peers() {}
}
