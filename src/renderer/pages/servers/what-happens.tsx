import { offeredTypes, type ServerType } from '../../../shared/fields.ts'
import { typeNames } from '../../components/format.ts'
import { useApp } from '../../store/store.ts'
import type { CreateValues } from './create-errors.ts'

const isType = (type: string): type is ServerType => (offeredTypes as readonly string[]).includes(type)

/** Says before Create is pressed what it will do. */
export function WhatHappens({ values }: { values: CreateValues }) {
  const ready = useApp((state) => state.engine?.state === 'available')
  const type = isType(values.type) ? typeNames[values.type] : values.type
  return (
    <p>
      {ready
        ? `Reserves a free port, downloads what is missing, starts ${type} and waits until it answers.`
        : `Reserves a free port now; ${type} starts by itself when Docker can be used.`}
    </p>
  )
}
