package dev.lockstep.servers.pages;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One block of Java of a page, and what it leaves out.
 *
 * @param page its path from the root of the repository
 * @param place which block of the page it is, from 0
 * @param form what kind of code it is
 * @param imports packages and classes beside those that all samples have
 * @param members declarations that it takes for granted, beside {@link Surroundings}
 */
record Sample(String page, int place, Form form, List<String> imports, String members) {

    /** What kind of code a block is. */
    enum Form {
        STATEMENTS,
        MEMBERS,
        TYPE
    }

    private static final List<String> COMMON = List.of(
            "dev.lockstep.jsse.*",
            "dev.lockstep.keys.*",
            "dev.lockstep.keys.keyserver.*",
            "dev.lockstep.keys.pkcs11.*",
            "dev.lockstep.netty.*",
            "dev.lockstep.servers.pages.Surroundings",
            "dev.lockstep.tls.*",
            "dev.lockstep.tls.config.*",
            "dev.lockstep.tls.credential.*",
            "dev.lockstep.tls.key.*",
            "dev.lockstep.tls.peer.*",
            "dev.lockstep.tls.session.*",
            "dev.lockstep.tls.setting.*",
            "dev.lockstep.tls.spec.*",
            "java.nio.file.Path",
            "java.time.*",
            "java.util.*",
            "java.util.concurrent.*",
            "javax.net.ssl.*");

    /** A name for a class that holds it. */
    String name() {
        return "Sample" + place + "Of" + page.replaceAll("[^A-Za-z]", "");
    }

    /** Returns a compilation unit around the block. */
    String around(String code) {
        String omitted = code.replace(", ...)", ")")
                .replace("(...)", "((TlsServerConfig) null)")
                .replaceAll("(?m)^\\s*\\.\\.\\.$", "");
        if (Runtime.version().feature() < 21) {
            omitted = omitted.replace("newVirtualThreadPerTaskExecutor", "newCachedThreadPool");
        }
        String body =
                switch (form) {
                    case STATEMENTS ->
                        "abstract class " + name() + " extends Surroundings {\n" + members
                                + "\nvoid sample() throws Exception {\n" + omitted + "}\n}\n";
                    case MEMBERS ->
                        "abstract class " + name() + " extends Surroundings {\n" + members + "\n" + omitted + "}\n";
                    // Methods that the page leaves out are missing.
                    case TYPE -> omitted.replace("public final class", "abstract class");
                };
        return "package dev.lockstep.servers;\n"
                + Stream.concat(COMMON.stream(), imports.stream())
                        .map(name -> "import " + name + ";\n")
                        .collect(Collectors.joining())
                + body;
    }
}
