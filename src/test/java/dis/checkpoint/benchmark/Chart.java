package dis.checkpoint.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * Draws the figures of a {@link Benchmark}: each figure of a candidate as a multiple of the function's, which comes first.
 *
 * <p>Runs by itself as well: {@code Chart benchmark.json benchmark.svg}.
 */
final class Chart {

    /** The figures in the chart; less is better in all of them. */
    private static final List<Figure> FIGURES = List.of(
            new Figure("init", row -> row.at("/median/init").asDouble()),
            new Figure("cold", row -> row.at("/median/cold").asDouble()),
            new Figure("evicted", row -> row.at("/median/evicted").asDouble()),
            new Figure("warm p50", row -> row.at("/median/warmP50").asDouble()),
            new Figure("warm p99", row -> row.at("/median/warmP99").asDouble()),
            new Figure("CPU cold", row -> row.at("/median/coldCpu").asDouble()),
            new Figure("CPU warm", row -> row.at("/median/warmCpu").asDouble()),
            new Figure("peak RSS", row -> row.at("/median/peakRss").asDouble()));

    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;

    private record Figure(String name, ToDoubleFunction<JsonNode> of) {}

    private Chart() {}

    public static void main(String[] arguments) throws IOException {
        draw(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    /**
     * @param json a {@link Report}
     * @param svg is written over
     */
    static void draw(Path json, Path svg) throws IOException {
        System.setProperty("java.awt.headless", "true");
        JsonNode candidates = new ObjectMapper().readTree(json.toFile()).path("candidates");
        JsonNode first = candidates.path(0);
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("The function (1.0) and its peers over TLS: less is better")
                .yAxisTitle("times the function's")
                .build();
        chart.getStyler().setLabelsVisible(true);
        chart.getStyler()
                .setYAxisMin(0.0)
                .setPlotGridVerticalLinesVisible(false)
                .setDecimalPattern("0.0");
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS).setChartBackgroundColor(Color.WHITE);
        List<String> names = FIGURES.stream().map(Figure::name).toList();
        for (JsonNode candidate : candidates) {
            chart.addSeries(
                    candidate.path("name").asText(),
                    names,
                    FIGURES.stream()
                            .map(figure -> figure.of().applyAsDouble(candidate)
                                    / figure.of().applyAsDouble(first))
                            .toList());
        }
        VectorGraphicsEncoder.saveVectorGraphic(chart, svg.toString(), VectorGraphicsFormat.SVG);
        // Rounds the outlines of the letters, whose dozen decimals would be most of the file.
        Files.writeString(svg, Files.readString(svg).replaceAll("(\\.\\d\\d)\\d+", "$1"));
    }
}
