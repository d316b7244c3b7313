package dev.lockstep.conversations.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * The pages of the repository as a static site. It has what can be reached from README.md and its like: pages,
 * directories as lists of their pages, images as they are, and source files as text.
 */
final class Site {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());

    /** The pages that every page leads to, and what they are called there. */
    private static final Map<String, String> NAVIGATION = new LinkedHashMap<>();

    static {
        NAVIGATION.put("README.md", "Lockstep");
        NAVIGATION.put("docs/index.md", "Documentation");
        NAVIGATION.put("docs/design/tour.md", "Tour of the code");
        NAVIGATION.put("docs/design/handshake.md", "The handshake");
        NAVIGATION.put("docs/design/glossary.md", "Glossary");
        NAVIGATION.put("CHANGELOG.md", "Changes");
    }

    private final Parser parser = Parser.builder().extensions(EXTENSIONS).build();
    private final Path target;
    private final Set<Path> known = new TreeSet<>();
    private final Deque<Path> waiting = new ArrayDeque<>();

    private Site(Path target) {
        this.target = target;
    }

    /** Writes the site into a directory, beside what is there. Returns its files. */
    static List<Path> build(Path target) throws IOException {
        Site site = new Site(target);
        NAVIGATION.keySet().forEach(page -> site.add(ROOT.resolve(page)));
        while (!site.waiting.isEmpty()) {
            site.write(site.waiting.remove());
        }
        Files.writeString(target.resolve("site.css"), STYLE);
        Files.writeString(
                target.resolve("index.html"),
                "<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"0; url=README.html\">\n");
        return site.known.stream().map(file -> target.resolve(place(file))).toList();
    }

    private void add(Path file) {
        if (known.add(file)) {
            waiting.add(file);
        }
    }

    /** Where a file of the repository stands in the site. */
    private static String place(Path file) {
        String path = ROOT.relativize(file).toString();
        if (Files.isDirectory(file)) {
            return path + "/index.html";
        }
        if (isImage(path)) {
            return path;
        }
        return path.endsWith(".md") ? path.replaceAll("\\.md$", ".html") : path + ".html";
    }

    private static boolean isImage(String path) {
        return path.matches(".*\\.(png|svg)");
    }

    private void write(Path file) throws IOException {
        Path out = target.resolve(place(file));
        Files.createDirectories(out.getParent());
        if (isImage(file.toString())) {
            Files.write(out, Files.readAllBytes(file));
            return;
        }
        Node page = parser.parse(markdown(file));
        HtmlRenderer renderer = HtmlRenderer.builder()
                .extensions(EXTENSIONS)
                .attributeProviderFactory(context -> (node, tag, attributes) -> attribute(file, node, attributes))
                .build();
        String title = page.getFirstChild() instanceof Heading heading
                ? text(heading)
                : file.getFileName().toString();
        Files.writeString(out, page(file, title, renderer.render(page)));
    }

    private static String markdown(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            try (Stream<Path> pages = Files.list(file)) {
                return "# " + ROOT.relativize(file) + "\n\n"
                        + pages.map(page -> page.getFileName().toString())
                                .filter(name -> name.endsWith(".md"))
                                .sorted()
                                .map(name -> "- [" + name + "](" + name + ")\n")
                                .collect(Collectors.joining());
            }
        }
        String text = Files.readString(file);
        return file.toString().endsWith(".md")
                ? text
                : "# " + file.getFileName() + "\n\n" + text.indent(4); // a code block of Markdown
    }

    private void attribute(Path file, Node node, Map<String, String> attributes) {
        if (node instanceof Heading heading) {
            attributes.put("id", anchor(text(heading)));
        } else if (node instanceof Link link && !link.getDestination().matches("[a-z]+:.*")) {
            attributes.put("href", destination(file, link.getDestination()));
        } else if (node instanceof Image image && !image.getDestination().matches("[a-z]+:.*")) {
            attributes.put("src", destination(file, image.getDestination()));
        }
    }

    private String destination(Path from, String link) {
        String[] parts = link.split("#", 2);
        String anchor = parts.length == 1 ? "" : "#" + parts[1];
        if (parts[0].isEmpty()) {
            return anchor;
        }
        Path base = Files.isDirectory(from) ? from : from.getParent();
        Path to = base.resolve(parts[0]).normalize();
        add(to);
        return relative(from, place(to)) + anchor;
    }

    /** The way from a page to a place in the site. */
    private static String relative(Path from, String place) {
        Path directory = Path.of(place(from)).getParent();
        Path there = Path.of(place);
        return (directory == null ? there : directory.relativize(there)).toString();
    }

    /** The name that a forge gives to a heading. */
    static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static String text(Node node) {
        StringBuilder text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
                text.append(part.getLiteral());
            }
        });
        return text.toString();
    }

    private static String page(Path file, String title, String body) {
        StringBuilder head = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
        head.append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
                .append(title.replace("&", "&amp;").replace("<", "&lt;"))
                .append("</title>\n<link rel=\"stylesheet\" href=\"")
                .append(relative(file, "site.css"))
                .append("\">\n<nav>");
        NAVIGATION.forEach((to, name) -> link(head, file, place(ROOT.resolve(to)), name));
        link(head, file, "apidocs/index.html", "API");
        return head + "</nav>\n<main>\n" + body + "</main>\n</html>\n";
    }

    private static void link(StringBuilder out, Path from, String place, String name) {
        out.append("<a href=\"")
                .append(relative(from, place))
                .append("\">")
                .append(name)
                .append("</a>\n");
    }

    private static final String STYLE = """
            :root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
            body { margin: 0; }
            nav { display: flex; flex-wrap: wrap; gap: 0 1.5em; padding: .7em 2em; border-bottom: 1px solid #8886; }
            nav a:first-child { font-weight: bold; }
            main { max-width: 66em; margin: 0 auto; padding: 1em 2em 4em; }
            h1, h2, h3 { line-height: 1.25; margin-top: 1.8em; }
            pre, code { font: .88em/1.45 ui-monospace, monospace; }
            pre { overflow-x: auto; padding: .8em 1em; background: #8881; border-radius: 4px; }
            table { border-collapse: collapse; display: block; overflow-x: auto; }
            th, td { border: 1px solid #8886; padding: .3em .6em; text-align: left; vertical-align: top; }
            td { min-width: 7em; }
            td code { overflow-wrap: anywhere; }
            img { max-width: 100%; }
            """;
}
