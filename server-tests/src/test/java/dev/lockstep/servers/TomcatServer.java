package dev.lockstep.servers;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat 11, whose connections are handled by an executor of the test. */
final class TomcatServer implements RunningServer {

    private static final int BACKLOG = 2048;

    private final Tomcat tomcat = new Tomcat();
    private final Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");

    TomcatServer(SSLContext context, Executor executor, Path directory) throws Exception {
        tomcat.setBaseDir(directory.toString());
        tomcat.setSilent(true);
        connector.setPort(0);
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
        connector.setProperty("SSLEnabled", "true");
        connector.setProperty("acceptCount", String.valueOf(BACKLOG));
        connector.setProperty("connectionTimeout", "120000");
        connector.getProtocolHandler().setExecutor(executor);
        SSLHostConfig host = new SSLHostConfig();
        if (context.getDefaultSSLParameters().getNeedClientAuth()) {
            host.setCertificateVerification("required"); // Tomcat decides, and none is its default
        }
        SSLHostConfigCertificate certificate =
                new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
        certificate.setSslContext(new Adapted(context));
        host.setProtocols("TLSv1.2");
        host.setCiphers(String.join(":", context.getDefaultSSLParameters().getCipherSuites()));
        host.setCipherSuites(""); // those of TLS 1.3
        host.addCertificate(certificate);
        connector.addSslHostConfig(host);
        tomcat.setConnector(connector);
        Context root = tomcat.addContext("", directory.toString());
        Tomcat.addServlet(root, "page", new Page()).addMapping("/");
        tomcat.start();
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException("Tomcat does not stop", e);
        }
    }

    private static final class Page extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(PAGE);
        }
    }

    /** What Tomcat takes in place of an {@code SSLContext}. */
    @SuppressWarnings("ArrayReturn")
    record Adapted(SSLContext context) implements org.apache.tomcat.util.net.SSLContext {
        @Override
        public void init(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {}

        @Override
        public void destroy() {}

        @Override
        public SSLSessionContext getServerSessionContext() {
            return context.getServerSessionContext();
        }

        @Override
        public SSLEngine createSSLEngine() {
            return context.createSSLEngine();
        }

        @Override
        public SSLServerSocketFactory getServerSocketFactory() {
            return context.getServerSocketFactory();
        }

        @Override
        public SSLParameters getSupportedSSLParameters() {
            return context.getSupportedSSLParameters();
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[0];
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
