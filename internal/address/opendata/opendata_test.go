package opendata_test

import (
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mekenjai"
	"mekenjai/internal/address"
	"mekenjai/internal/address/opendata"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

// village is a small register with every kind of dirt that the open data has.
var village = map[string]string{
	"d_ats_types.json": `[{"id":1,"code":"1","value_ru":"республика","value_kz":"республика"},
		{"id":2,"code":"2","value_ru":"ОБЛАСТЬ","value_kz":"ОБЛЫС"},{"id":"6","code":"6","value_ru":"село","value_kz":"ауыл","actual":true}]`,
	"d_geonims_types.json":      `[{"id":1,"code":"11","value_ru":"улица","value_kz":"көше"}]`,
	"d_buildings_pointers.json": `[{"id":1,"code":"d","value_ru":null,"short_value_ru":"дом","value_kz":"үй"}]`,
	"d_rooms_types.json":        `[{"id":1,"code":"01","value_ru":"квартира","value_kz":"пәтер"}]`,
	"README.txt":                "not a table",
	"s_ats.json": "\uFEFF" + `[
		{"id":1,"rco":"000000001","name_rus":"Казахстан","name_kaz":"Қазақстан","d_ats_type_id":1,"cato":"000000000","actual":true,"parent_id":null},
		{"id":"2","name_rus":"АКМОЛИНСКАЯ","name_kaz":"Ақмола","d_ats_type_id":"2","cato":"110000000","actual":"true","parent_id":"1"},
		{"id":3,"name_rus":"Акбулак","name_kaz":"Ақбұлақ","d_ats_type_code":"6","cato":111111112,"actual":1,"parent_id":2},
		{"id":4,"name_rus":"Кольцо","name_kaz":"Айналма","d_ats_type_id":6,"cato":"no","actual":true,"parent_id":5},
		{"id":5,"name_rus":"Круг","name_kaz":"Шеңбер","d_ats_type_id":6,"actual":true,"parent_id":4},
		{"id":6,"name_rus":"Старое","name_kaz":"Ескі","d_ats_type_id":6,"actual":false,"parent_id":2}]`,
	"s_geonims-1.jsonl": `{"id":1,"name_rus":"МИРА","name_kaz":"Бейбiтшiлiк","d_geonims_type_id":1,"s_ats_id":3,"parent_id":0,"actual":true}
{"id":2,"name_rus":"Ле\u0000нина","name_kaz":"Ленин","d_geonims_type_code":"11","s_ats_id":3,"parent_id":0,"actual":true}
`,
	"s_geonims-2.jsonl.gz":  `{"id":2,"name_rus":"Достык","name_kaz":"Достық","d_geonims_type_id":1,"s_ats_id":3,"parent_id":0,"actual":true}` + "\n",
	"s_grounds_new.v1.json": `[{"id":1,"rca":"2201400000000001","number":"7","s_ats_id":3,"s_geonim_id":0,"actual":true}]`,
	"s_buildings.json": `[
		{"id":10,"rca":"0201400000000010","number":12,"d_buildings_pointer_id":1,"s_ats_id":3,"s_geonims_id":1,"parent_id":null,"actual":true,"full_path_rus":"улица чужая"},
		{"id":11,"rca":201400000000011,"number":"3","d_buildings_pointer_id":1,"s_ats_id":3,"s_geonim_id":2,"actual":true},
		{"id":12,"rca":"0201400000000012","number":{"odd":1},"d_buildings_pointer_code":"d","s_ats_id":3,"actual":true},
		{"id":13,"rca":"0201400000000013","number":"9","s_ats_id":3,"s_geonims_id":1,"actual":null},
		{"id":14,"rca":"0201400000000014","number":"14","d_buildings_pointer_id":1,"s_ats_id":3,"s_geonim_id":2,"actual":true},
		{"number":"1"}, 5, null]`,
	"s_pb.json": `[{"id":100,"rca":"1201400000000100","number":"5","d_room_type_id":1,"s_building_id":"10","actual":true},
		{"id":101,"rca":"1201400000000101","number":"1","d_room_type_id":1,"s_building_id":999,"actual":true}]`,
}

func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		put(t, filepath.Join(dir, name), content)
	}
	return dir
}

func put(t testing.TB, path, content string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z := gzip.NewWriter(f)
		_, err = z.Write([]byte(content))
		err = errors.Join(err, z.Close())
	} else {
		_, err = f.WriteString(content)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenDataBecomesAddressesWithTheirDirtCounted(t *testing.T) {
	folder, err := opendata.Open(write(t, village))
	if err != nil {
		t.Fatal(err)
	}
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		report, err := address.Import(t.Context(), db, folder.Source(), address.Options{Source: folder.Identity(), Batch: 3})
		if err != nil {
			t.Fatal(err)
		}
		want := map[address.Fault]int{
			address.FaultCycle: 2, address.FaultLatin: 1, address.FaultDuplicate: 1, address.FaultNumber: 3,
			address.FaultARC: 1, address.FaultOrphanRoom: 1,
		}
		if diff := cmp.Diff(want, report.Faults); diff != "" {
			t.Errorf("faults (-want +got):\n%s", diff)
		}
		for arc, want := range map[mekenjai.ARC]mekenjai.Text{
			"1201400000000100": {KK: "Ақмола облысы, Ақбұлақ ауылы, Бейбітшілік көшесі, 12-үй, 5-пәтер", RU: "Акмолинская область, село Акбулак, улица Мира, дом 12, квартира 5"},
			"0201400000000014": {KK: "Ақмола облысы, Ақбұлақ ауылы, Достық көшесі, 14-үй", RU: "Акмолинская область, село Акбулак, улица Достык, дом 14"},
			"0201400000000012": {KK: "Ақмола облысы, Ақбұлақ ауылы, нөмірсіз үй", RU: "Акмолинская область, село Акбулак, дом без номера"},
		} {
			d, more, err := address.Resolve(t.Context(), db, arc)
			if err != nil || d.Address != want || d.KATO != "111111112" || !more.Actual {
				t.Errorf("%s: %+v %+v %v", arc, d, more, err)
			}
		}
		if _, more, err := address.Resolve(t.Context(), db, "0201400000000013"); err != nil || more.Actual {
			t.Errorf("a house that nobody says is in use: %+v %v", more, err)
		}
	})
}

func TestWhatIsNotTheRegisterEndsTheImport(t *testing.T) {
	for name, c := range map[string]struct{ file, content, says string }{
		"cut short":           {"s_pb.json", `[{"id":1,"rca":"1201400000000100","actual":true},`, "unexpected"},
		"cut in a row":        {"s_pb.json", `[{"id":1,"rca":"12014`, "unexpected"},
		"cut lines":           {"s_pb.json", "{\"id\":1,\"actual\":true}\n{\"id\":", "unexpected"},
		"an error page":       {"s_pb.json", `<html>busy</html>`, "neither"},
		"an error of the API": {"s_pb.json", `{"error":"apiKey"}`, "first row"},
		"renamed columns":     {"s_pb.json", `[{"id":1,"rca":"1201400000000100","is_actual":true}]`, "first row"},
		"another array":       {"s_pb.json", `[] []`, "follows"},
		"nothing":             {"s_pb.json", ``, "empty"},
		"not packed":          {"s_pb.json.gz", "", "EOF"},
		"a text without end":  {"s_pb.json", `[{"id":1,"actual":true,"number":"` + strings.Repeat("1", 3<<20) + `"}]`, "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"d_rooms_types.json": `[{"id":1,"value_ru":"квартира"}]`, c.file: c.content})
			if strings.HasSuffix(c.file, ".gz") {
				if err := os.Truncate(filepath.Join(dir, c.file), 12); err != nil {
					t.Fatal(err)
				}
			}
			folder, err := opendata.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			err = nil
			for _, e := range folder.Source().Rooms {
				err = e
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.file) {
				t.Errorf("error %v, should name the file and say %q", err, c.says)
			}
		})
	}
}

func TestFolderWithoutSenseIsRefused(t *testing.T) {
	types := `[{"id":1,"value_ru":"квартира"}]`
	for says, files := range map[string]map[string]string{
		"holds no table":     {"d_rooms_types.json": types},
		"of no table":        {"d_rooms_types.json": types, "s_pbs.json": "[]"},
		"without its dictio": {"s_pb.json": "[]"},
		"is none":            {"s_pb.json": "[]", "d_rooms_types.json": "[" + manyTypes() + "]"},
	} {
		if _, err := opendata.Open(write(t, files)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, should say %q", err, says)
		}
	}
	if _, err := opendata.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func manyTypes() string {
	rows := make([]string, 10_002)
	for i := range rows {
		rows[i] = `{"id":` + string(rune('1'+i%9)) + strings.Repeat("0", i%5) + `,"code":"` + strings.Repeat("x", i%97) + string(rune('а'+i/97)) + `"}`
	}
	return strings.Join(rows, ",")
}

func TestBrokenImportGoesOnBehindItsLastCommit(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		dir := write(t, village)
		folder, err := opendata.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		stands := func(want address.State) {
			t.Helper()
			if s, err := address.StateOf(t.Context(), db); err != nil || s != want {
				t.Errorf("state %+v %v, want %+v", s, err, want)
			}
		}
		stands(address.State{Empty: true})
		opts := address.Options{Source: folder.Identity(), Batch: 3}
		ctx, cancel := context.WithCancel(t.Context())
		opts.Progress = func(r address.Report) {
			if r.Buildings.Read == 6 {
				cancel()
			}
		}
		if _, err := address.Import(ctx, db, folder.Source(), opts); !errors.Is(err, context.Canceled) {
			t.Fatalf("an import that is stopped: %v", err)
		}
		opts.Progress = nil
		stands(address.State{Broken: true})
		report, err := address.Import(t.Context(), db, folder.Source(), opts)
		if err != nil {
			t.Fatal(err)
		}
		if want := (address.Count{Read: 8, Skipped: 6}); report.Buildings != want || report.Rooms != (address.Count{Read: 2, Written: 1}) {
			t.Errorf("the second run: %+v", report)
		}
		if again, err := address.Import(t.Context(), db, folder.Source(), opts); err != nil || again.Buildings.Skipped != 0 || again.Written() != 0 {
			t.Errorf("one that ended is compared anew: %+v %v", again, err)
		}
		stands(address.State{Imported: databasetest.Start})
		put(t, filepath.Join(dir, "s_pb.json"), `[]`)
		if other, err := opendata.Open(dir); err != nil || other.Identity() == folder.Identity() {
			t.Errorf("another file, the same name: %v", err)
		}
	})
}

func FuzzRowsNeverPanic(f *testing.F) {
	for _, content := range village {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content string) {
		dir := write(t, map[string]string{"d_buildings_pointers.json": `[{"id":1}]`, "s_buildings.json": content})
		folder, err := opendata.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for b := range folder.Source().Buildings {
			if strings.ContainsRune(b.Number+b.ARC, 0) || len([]rune(b.Number)) > 300 {
				t.Errorf("%q", b.Number)
			}
		}
	})
}
