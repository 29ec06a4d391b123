// Writes the storage of a Prometheus that has watched a fleet: a head with the raw series of the last hours, as live
// ingestion leaves it, and blocks of the recorded series before that. Reads a plan (plan.ts) from its standard input,
// and prints what it wrote. Built by write-storage.ts, with the modules that the native stack pins.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

const (
	workers = 2
	hour    = int64(3_600_000)
)

type plan struct {
	Folder        string
	End           int64
	RawMillis     int64
	ScrapeMillis  int64
	HistoryMillis int64
	Kernels       []string
	Templates     [][]templateSeries
	Members       []member
	Recorded      []recordedSeries
}

type templateSeries struct {
	Labels map[string]string
	// Of float64: the value at each scrape, NaN where the page had none yet.
	Values []byte
	// A counter is 0 when it begins.
	Counter bool
}

type member struct {
	Kernel, Instance    string
	Template            int
	FirstStep, LastStep int
	// How far into the template its page is at its first step.
	PageStep int
}

type recordedSeries struct {
	Labels         map[string]string
	IntervalMillis int64
	Mean           float64
	Share          float64
	Whole          bool
}

type written struct {
	Series  int   `json:"series"`
	Samples int64 `json:"samples"`
}

func main() {
	var p plan
	must(json.NewDecoder(os.Stdin).Decode(&p))
	recorded := recordedOf(p)
	begin := p.End - p.RawMillis
	history := writeBlocks(p, recorded, begin)
	raw := writeHead(p, recorded, begin)
	must(json.NewEncoder(os.Stdout).Encode(map[string]written{"raw": raw, "recorded": history}))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func labelsOf(names map[string]string, kernel, instance string) labels.Labels {
	replacer := strings.NewReplacer("{kernel}", kernel, "{instance}", instance)
	filled := make(map[string]string, len(names))
	for name, text := range names {
		filled[name] = replacer.Replace(text)
	}
	return labels.FromMap(filled)
}
