package io.tidemark.serdes.json;

import io.tidemark.api.RandomValues;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeContract;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;

class JsonContractTest {

  @Nested
  class Untyped extends SerdeContract<Object> {
    @Override
    protected Serde<Object> serde() {
      return JsonSerde.untyped();
    }

    @Override
    protected Object object(Random source) {
      return draw(source, 4);
    }

    private static Object draw(Random source, int depth) {
      switch (source.nextInt(depth > 0 ? 6 : 4)) {
        case 0:
          return RandomValues.string(source);
        case 1:
          return RandomValues.intValue(source);
        case 2:
          return source.nextGaussian();
        case 3:
          return source.nextBoolean();
        case 4:
          List<Object> list = new ArrayList<>();
          for (int i = source.nextInt(5); i > 0; i--) {
            list.add(draw(source, depth - 1));
          }
          return list;
        default:
          Map<String, Object> map = new LinkedHashMap<>();
          for (int i = source.nextInt(5); i > 0; i--) {
            map.put(RandomValues.string(source), draw(source, depth - 1));
          }
          return map;
      }
    }

    /** Maps with their entries put in the opposite order. */
    @Override
    protected Object equalObject(Object object) {
      if (!(object instanceof Map<?, ?> map)) {
        return object;
      }
      List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
      Map<Object, Object> reversed = new LinkedHashMap<>();
      for (int i = entries.size() - 1; i >= 0; i--) {
        reversed.put(entries.get(i).getKey(), equalObject(entries.get(i).getValue()));
      }
      return reversed;
    }
  }

  @Nested
  class OfARecord extends SerdeContract<JsonSerdeTest.Order> {
    @Override
    protected Serde<JsonSerdeTest.Order> serde() {
      return new JsonSerde<>(JsonSerdeTest.Order.class);
    }

    @Override
    protected JsonSerdeTest.Order object(Random source) {
      return new JsonSerdeTest.Order(
          RandomValues.string(source),
          RandomValues.longValue(source),
          List.of(RandomValues.string(source), RandomValues.string(source)));
    }
  }
}
