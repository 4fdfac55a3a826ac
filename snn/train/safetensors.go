package train

import (
	"fmt"

	"github.com/livespike/livespike/internal/safetensors"
	"github.com/livespike/livespike/snn/tensor"
)

// ErrFormat is what errors about a damaged or foreign file wrap.
var ErrFormat = safetensors.ErrFormat

// SaveTensors writes tensors by name as a safetensors file (float32), with texts about them. The file appears under its
// name when it is complete. To save a model, see snn.Save.
func SaveTensors(path string, tensors []Parameter, texts map[string]string) error {
	list := make([]safetensors.Tensor, len(tensors))
	for i, p := range tensors {
		list[i] = safetensors.Tensor{Name: p.Name, Shape: p.Value.Shape(), Data: p.Value.Detach().CPU().Data()}
	}
	if err := safetensors.Write(path, list, texts); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// LoadTensors reads a safetensors file, in the order of its data, and its texts. Numbers of other types become float32.
func LoadTensors(path string) ([]Parameter, map[string]string, error) {
	list, texts, err := safetensors.Read(path)
	if err != nil {
		return nil, nil, fmt.Errorf("train: %w", err)
	}
	tensors := make([]Parameter, len(list))
	for i, t := range list {
		x := tensor.Zeros(t.Shape...)
		copy(x.Data(), t.Data)
		tensors[i] = Parameter{Name: t.Name, Value: x}
	}
	return tensors, texts, nil
}
